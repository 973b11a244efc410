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

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use harness::{TestStack, run};

use roles::{Grant, Role};
use scenario::World;
use table::Proof;

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

        let missed =
            [by_behaviour(&world, &roles, &table).await, by_rule(&world, &roles, &table).await];
        let missed = missed.concat();
        let documented = table.values().filter(|proof| **proof == Proof::Documented).count();
        println!(
            "{} of {} removed permissions detected, {} by what the stack does and {documented} by what AWS documents",
            table.len() - missed.len(),
            table.len(),
            table.len() - documented,
        );
        assert_eq!(missed, [""; 0]);
    });
}

/// Takes permissions away on the running stack. Returns those that nothing missed.
async fn by_behaviour(world: &World, roles: &[Role], table: &Table) -> Vec<String> {
    let named = ROWS.concat();
    let first: Vec<_> =
        roles.iter().map(|role| &*role.name).filter(|it| !named.contains(it)).collect();
    let mut missed = Vec::new();
    for row in std::iter::once(&first[..]).chain(ROWS) {
        // Only uploads of the second row's are meant to be heard of.
        world.hear_events(row.contains(&"object-events")).await;
        let lanes = roles.iter().filter(|role| row.contains(&&*role.name));
        missed.extend(join_all(lanes.map(|role| lane(world, role, table))).await.concat());
    }
    missed
}

/// Takes the permissions of one role away, one after the other.
async fn lane(world: &World, role: &Role, table: &Table) -> Vec<String> {
    let mut missed = Vec::new();
    for (grant, proof) in table.iter().filter(|(grant, _)| grant.role == role.name) {
        let Proof::Behaviour(scenario) = *proof else { continue };
        role.put(&world.stack, Some(grant)).await;
        let without = scenario.play(world, &role.name).await;
        role.put(&world.stack, None).await;
        let with = scenario.play(world, &role.name).await;
        match (without, with) {
            (Err(reason), Ok(())) => println!("{grant}: {scenario:?}: {}", shorten(&reason)),
            (without, with) => {
                missed.push(format!("{grant}: {scenario:?}: without {without:?}, with {with:?}"));
            }
        }
    }
    missed
}

/// Takes the other permissions out of the policies. Returns those that are not asked for by what
/// AWS documents.
async fn by_rule(world: &World, roles: &[Role], table: &Table) -> Vec<String> {
    let mut missed = Vec::new();
    for role in roles {
        let needed = documented::of_role(&world.stack, &role.name).await;
        let absent = |policy: &serde_json::Value| &needed - &role.grants_of(&world.stack, policy);
        assert_eq!(absent(&role.policy), BTreeSet::new(), "AWS asks for these");
        let of_role = table.iter().filter(|(grant, _)| grant.role == role.name);
        for (grant, _) in of_role.filter(|(_, proof)| **proof == Proof::Documented) {
            if absent(&role.without(&world.stack, grant)) != BTreeSet::from([grant.clone()]) {
                missed.push(format!("{grant}: nothing asks for it"));
            }
        }
    }
    missed
}

/// The beginning of an error, which says enough.
fn shorten(text: &str) -> String {
    text.chars().take(160).collect()
}
