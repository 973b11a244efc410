//! Least privilege: every permission of the program is needed, and nothing more is allowed.
//!
//! The stack is deployed as always. Then each action on each resource is taken out of its role's
//! policy, one at a time; something has to fail, and to work again when the policy is as it was.

mod api;
mod documented;
mod policy;
mod roles;
mod scenario;
mod schedule;
mod simulation;
mod table;
mod trust;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use harness::{TestStack, run};
use roles::{Grant, Role};
use table::Proof;
use world::World;

/// Roles of state machines.
const MACHINES: [&str; 2] = ["analyze-image", "reconcile"];

/// Neither of functions nor of state machines.
const OTHERS: [&str; 2] = ["object-events", "reconcile-schedule"];

/// Roles whose permissions are taken away at the same time. What is in one row neither uses nor
/// sees what is beside it; a function's row is the first, unless it is named in another.
const ROWS: [&[&str]; 3] =
    [&["put-metadata"], &["analyze-image", "object-events"], &["reconcile", "reconcile-schedule"]];

/// The functions among the roles of a stack.
fn functions(roles: &[Role]) -> Vec<String> {
    let names = roles.iter().map(|role| role.name.clone());
    names.filter(|it| !MACHINES.contains(&&**it) && !OTHERS.contains(&&**it)).collect()
}

/// What shows that each permission is needed.
type Table = BTreeMap<Grant, Proof>;

#[test]
fn every_permission_is_needed() {
    run(async {
        let world = World::new(TestStack::impatient("permissions").await).await;
        let roles = Role::all(&world.stack).await;
        let functions = functions(&roles);
        let table: Table = table::grants(&functions, &MACHINES).into_iter().collect();
        let granted: BTreeSet<_> = roles.iter().flat_map(|it| it.grants(&world.stack)).collect();
        let proven: BTreeSet<_> = table.keys().cloned().collect();
        assert_eq!(granted, proven, "pulumi/Main.yaml and table.rs do not say the same");

        let mut outcomes = by_behaviour(&world, &roles, &table).await;
        outcomes.extend(by_rule(&world, &roles, &table).await);
        let missed: Vec<_> = outcomes.iter().filter_map(|it| it.as_ref().err()).collect();
        for detected in outcomes.iter().flatten() {
            println!("{detected}");
        }
        let documented = table.values().filter(|proof| **proof == Proof::Documented).count();
        println!(
            "{} of {} removed permissions detected ({} by what the stack does, {documented} by \
             what AWS documents)",
            outcomes.len() - missed.len(),
            table.len(),
            outcomes.len() - documented,
        );
        assert_eq!((missed, outcomes.len()), (Vec::<&String>::new(), table.len()));
    });
}

/// How a permission was missed, or that it was not.
type Outcome = Result<String, String>;

/// Takes permissions away on the running stack.
async fn by_behaviour(world: &World, roles: &[Role], table: &Table) -> Vec<Outcome> {
    let named = ROWS.concat();
    let first: Vec<_> =
        roles.iter().map(|role| &*role.name).filter(|it| !named.contains(it)).collect();
    let mut outcomes = Vec::new();
    for row in std::iter::once(&first[..]).chain(ROWS) {
        // Uploads are meant to be heard of where the rule's role is looked at, and only there.
        world.hear_events(row.contains(&"object-events")).await;
        let lanes = roles.iter().filter(|role| row.contains(&&*role.name));
        outcomes.extend(join_all(lanes.map(|role| lane(world, role, table))).await.concat());
    }
    outcomes
}

/// Takes the permissions of one role away, one after the other.
async fn lane(world: &World, role: &Role, table: &Table) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (grant, proof) in table.iter().filter(|(grant, _)| grant.role == role.name) {
        let Proof::Behaviour(scenario) = *proof else { continue };
        role.put(&world.stack, Some(grant)).await;
        let without = scenario.play(world, &role.name).await;
        role.put(&world.stack, None).await;
        let with = scenario.play(world, &role.name).await;
        outcomes.push(match (without, with) {
            (Err(reason), Ok(())) => Ok(format!("{grant}: {scenario:?}: {}", shorten(&reason))),
            (without, with) => {
                Err(format!("{grant}: {scenario:?}: without {without:?}, with {with:?}"))
            }
        });
    }
    outcomes
}

/// Takes the other permissions out of the policies: then something that AWS documents is absent.
async fn by_rule(world: &World, roles: &[Role], table: &Table) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for role in roles {
        let needed = documented::of_role(&world.stack, &role.name).await;
        let absent = |policy: &serde_json::Value| &needed - &role.grants_of(&world.stack, policy);
        assert_eq!(absent(&role.policy), BTreeSet::new(), "AWS asks for these");
        let of_role = table.iter().filter(|(grant, _)| grant.role == role.name);
        for (grant, _) in of_role.filter(|(_, proof)| **proof == Proof::Documented) {
            let absent = absent(&role.without(&world.stack, grant));
            let only_it = absent == BTreeSet::from([grant.clone()]);
            outcomes.push(if only_it {
                Ok(format!("{grant}: documented"))
            } else {
                Err(format!("{grant}: nothing asks for it"))
            });
        }
    }
    outcomes
}

/// The beginning of an error, which says enough.
fn shorten(text: &str) -> String {
    text.chars().take(160).collect()
}
