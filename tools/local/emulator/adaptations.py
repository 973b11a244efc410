"""Changes the emulator where it differs from AWS in a way that a user of the local stack notices.

The changes are in the folder `adaptations`, one file for each service or subject. They rely on
internals of the emulator, which is pinned to one version.
"""


def adapt():
    """Makes all changes, grouped by file. Must run before the emulator starts."""
    # functions.py
    speed_up_invocations()
    let_idle_environments_sleep()
    queue_invocations()
    # jsonata.py
    parse_expressions_once()
    let_evaluations_take_their_time()
    # step_functions.py
    run_distributed_maps_in_jsonata()
    run_nested_express_executions()
    # history.py
    identify_invocations()
    record_nested_states()
    # history_events.py
    add_missing_events()
    # iam.py
    match_line_breaks_in_policies()
    name_keys_exactly()
    # s3.py
    read_parts_as_s3_does()
    number_events_like_aws()
    # api_gateway.py
    match_line_breaks_in_paths()
    cut_paths_at_question_marks()
    # eventbridge.py
    order_only_changes()
