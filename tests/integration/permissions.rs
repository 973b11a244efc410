//! Least privilege: every permission of the program is needed, and nothing more is allowed.
//!
//! A permission is one action on one resource. `every_permission_is_needed` deploys a stack, and
//! removes the permissions from the roles' policies one at a time. A [`scenario`] must fail without
//! the permission and work once the policy is restored. [`table`] names the scenario for each
//! permission; [`documented`] covers the permissions that the emulator does not enforce.
//!
//! [`simulation`] checks that nothing more is allowed, [`trust`] checks who may assume a role, and
//! [`api`] checks who may invoke a function.

mod api;
mod documented;
mod policy;
mod publication;
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
use scenario::Scenario;
use table::Proof;
use world::World;

/// Roles of the state machines.
const MACHINES: [&str; 2] = ["analyze-image", "reconcile"];

/// Roles of the EventBridge rule and of the schedule.
const OTHERS: [&str; 2] = ["object-events", "reconcile-schedule"];

/// The role that is tested first: its scenario needs exactly one record without an object, and the
/// scenarios of other roles leave such records behind.
const FIRST: &[&str] = &["compare-records"];

/// The groups of roles that are tested last, in this order. [`FIRST`] is tested first, then all
/// roles that neither constant contains, as one group. The roles of a group are tested at the same
/// time, because their scenarios do not affect each other.
const GROUPS: [&[&str]; 4] = [
    &["put-metadata"],
    &["analyze-image", "object-events"],
    &["reconcile", "reconcile-schedule"],
    &["publish-results"],
];

/// The names of the functions that have one of these roles.
fn functions(roles: &[Role]) -> Vec<String> {
    let names = roles.iter().map(|role| role.name.clone());
    names.filter(|it| !MACHINES.contains(&&**it) && !OTHERS.contains(&&**it)).collect()
}

/// For each permission, the proof that it is needed.
type Table = BTreeMap<Grant, Proof>;

#[test]
fn every_permission_is_needed() {
    run(async {
        let world = World::new(TestStack::with_fast_retries("permissions").await).await;
        let roles = Role::all(&world.stack).await;
        let functions = functions(&roles);
        let table: Table = table::grants(&functions, &MACHINES).into_iter().collect();
        let granted: BTreeSet<_> = roles.iter().flat_map(|it| it.grants(&world.stack)).collect();
        let proven: BTreeSet<_> = table.keys().cloned().collect();
        assert_eq!(granted, proven, "pulumi/Main.yaml and table.rs list different permissions");

        api::each_is_needed(&world.stack).await;
        let mut outcomes = by_behavior(&world, &roles, &table).await;
        outcomes.extend(by_rule(&world, &roles, &table).await);
        let missed: Vec<_> = outcomes.iter().filter_map(|it| it.as_ref().err()).collect();
        for detected in outcomes.iter().flatten() {
            println!("{detected}");
        }
        let documented = table.values().filter(|proof| **proof == Proof::Documented).count();
        println!(
            "{} of {} removed permissions detected ({} by behavior, {documented} by \
             documentation)",
            outcomes.len() - missed.len(),
            table.len(),
            outcomes.len() - documented,
        );
        assert_eq!((missed, outcomes.len()), (Vec::<&String>::new(), table.len()));
    });
}

/// `Ok` tells how the removal of a permission was detected. `Err` tells that it was not detected,
/// or that a scenario failed although nothing was removed.
type Outcome = Result<String, String>;

/// For each permission that has a scenario, plays the scenario on the running stack without the
/// permission.
async fn by_behavior(world: &World, roles: &[Role], table: &Table) -> Vec<Outcome> {
    let named = [&GROUPS.concat(), FIRST].concat();
    let others: Vec<_> =
        roles.iter().map(|role| &*role.name).filter(|it| !named.contains(it)).collect();
    let mut outcomes = Vec::new();
    for group in [FIRST, &others[..]].into_iter().chain(GROUPS) {
        // The rule `object-events` is enabled only while its role is under test.
        world.enable_events(group.contains(&"object-events")).await;
        let members = roles.iter().filter(|role| group.contains(&&*role.name));
        outcomes
            .extend(join_all(members.map(|role| remove_each(world, role, table))).await.concat());
    }
    outcomes
}

/// Removes, one at a time, each permission of `role` that a scenario needs. The scenario must then
/// fail. At the end, restores the policy and plays the scenarios again. They must work now, which
/// shows that the missing permissions made them fail.
async fn remove_each(world: &World, role: &Role, table: &Table) -> Vec<Outcome> {
    let (mut outcomes, mut scenarios) = (Vec::new(), Vec::new());
    for (grant, proof) in table.iter().filter(|(grant, _)| grant.role == role.name) {
        let Proof::Behavior(scenario) = *proof else { continue };
        role.put(&world.stack, Some(grant)).await;
        outcomes.push(match scenario.play(world, &role.name).await {
            Err(reason) => Ok(format!("{grant}: {scenario:?}: {}", shorten(&reason))),
            Ok(()) => Err(format!("{grant}: {scenario:?} does without it")),
        });
        if matches!(scenario, Scenario::Publish | Scenario::SetAside) {
            role.put(&world.stack, None).await;
            publication::recovers(world).await;
        }
        if !scenarios.contains(&scenario) {
            scenarios.push(scenario);
        }
    }
    role.put(&world.stack, None).await;
    // A scenario that failed may have left something that would disturb the scenarios listed before
    // it. So the last scenario is played first: with all permissions, it works and cleans up.
    for scenario in scenarios.into_iter().rev() {
        if let Err(reason) = scenario.play(world, &role.name).await {
            outcomes
                .push(Err(format!("{}: {scenario:?} with all permissions: {reason}", role.name)));
        }
    }
    outcomes
}

/// For each permission that the emulator does not enforce, copies the role's policy without this
/// permission. Of the permissions that AWS requires, the copy must lack this one, and no other.
async fn by_rule(world: &World, roles: &[Role], table: &Table) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for role in roles {
        let needed = documented::of_role(&world.stack, &role.name).await;
        let absent = |policy: &serde_json::Value| &needed - &role.grants_of(&world.stack, policy);
        assert_eq!(absent(&role.policy), BTreeSet::new(), "AWS requires these");
        let of_role = table.iter().filter(|(grant, _)| grant.role == role.name);
        for (grant, _) in of_role.filter(|(_, proof)| **proof == Proof::Documented) {
            let absent = absent(&role.without(&world.stack, grant));
            let only_it = absent == BTreeSet::from([grant.clone()]);
            outcomes.push(if only_it {
                Ok(format!("{grant}: documented"))
            } else {
                Err(format!("{grant}: nothing requires it"))
            });
        }
    }
    outcomes
}

fn shorten(text: &str) -> String {
    text.chars().take(160).collect()
}
