"""Makes the emulator enforce permissions that AWS checks and the emulator does not.

By itself, the emulator checks the calls of Lambda functions against their roles. It does not check
what services do when they assume a role or rely on a resource's policy. A missing permission would
then show only on AWS. This module adds missing checks, with the emulator's own policy evaluator.
"""

import contextvars
import functools
import json


class Denied(Exception):
    """A role or a policy does not allow an action."""


def require(role, service, action, resource, **context):
    """Raises Denied if `service` may not assume `role`, or if `role` does not allow `action`.

    The role must allow the action on `resource`. `context` holds condition keys, in lower case and
    with an underscore for the colon.
    """
    from ministack.core import iam_evaluator
    from ministack.services import iam

    account, name = role.split(":")[4], role.rpartition("/")[2]

    def request(action, resource, context):
        return iam_evaluator.EvalContext(
            principal_arn=role,
            principal_type="AssumedRole",
            principal_account=account,
            action=action,
            resource_arn=resource,
            region="",
            service_context={key.replace("_", ":"): value for key, value in context.items()},
        )

    trust = (iam._roles.get_scoped(account, None, name) or {}).get("AssumeRolePolicyDocument")
    assume = request("sts:AssumeRole", "*", {"aws_sourceaccount": account})
    if iam_evaluator.evaluate_resource_policy(trust, assume, service=service).decision != "Allow":
        raise Denied(f"{service} is not authorized to assume {role}")
    policies = iam_evaluator._gather_role_policies(name, account)
    if iam_evaluator.evaluate(request(action, resource, context), policies).decision != "Allow":
        raise Denied(f"{role} is not authorized to perform: {action} on resource: {resource}")


def action_of_task(resource, arguments, scope):
    """Returns the action that a task state performs, and the ARN of the action's target."""
    service, _, operation = resource.rpartition(":::")[2].partition(":")
    match service, operation:
        case "lambda", "invoke":
            return "lambda:InvokeFunction", arguments["FunctionName"]
        case "states", "startExecution" | "startExecution.sync" | "startExecution.sync:2":
            return "states:StartExecution", arguments["StateMachineArn"]
        case "aws-sdk", "sfn:startSyncExecution":
            return "states:StartSyncExecution", arguments["StateMachineArn"]
        case "sqs", "sendMessage":
            queue = arguments["QueueUrl"].rpartition("/")[2]
            return "sqs:SendMessage", f"arn:aws:sqs:{scope}:{queue}"
        case "dynamodb", "getItem" | "putItem" | "updateItem" | "deleteItem":
            table = arguments["TableName"].rpartition("/")[2]
            action = f"dynamodb:{operation[0].upper()}{operation[1:]}"
            return action, f"arn:aws:dynamodb:{scope}:table/{table}"
    raise Denied(f"the local stack does not know which permission {resource} needs")


def enforce_roles_of_state_machines():
    """Lets an execution do only what its state machine's role allows.

    This covers each task, each read of a Map's items from S3, and each start of child executions.
    """
    from ministack.services import stepfunctions

    acting = contextvars.ContextVar("acting")
    execute_task, invoke = stepfunctions._execute_task, stepfunctions._invoke_resource
    read, run_map = stepfunctions._read_map_items, stepfunctions._run_distributed_map

    def machine_of(arn):
        # For a child execution of a Distributed Map, `arn` consists of the ARN of the parent's
        # state machine, a slash, and the Map's label.
        return stepfunctions._state_machines[arn.partition("/")[0]]

    def check(arn, action, resource, **context):
        try:
            role = machine_of(arn)["roleArn"]
            require(role, "states.amazonaws.com", action, resource, **context)
        except Denied as denied:
            raise stepfunctions._ExecutionError("States.Permissions", str(denied)) from None

    def execute_task_in_role(state, raw_input, execution, context):
        acting.set(execution["stateMachineArn"])
        return execute_task(state, raw_input, execution, context)

    def invoke_in_role(resource, arguments):
        arn = acting.get()
        try:
            action, target = action_of_task(resource, arguments, ":".join(arn.split(":")[3:5]))
        except Denied as denied:
            raise stepfunctions._ExecutionError("States.Permissions", str(denied)) from None
        check(arn, action, target)
        return invoke(resource, arguments)

    def read_in_role(reader, effective, context):
        arguments = reader.get("Arguments") or reader.get("Parameters") or {}
        bucket, key = f"arn:aws:s3:::{arguments.get('Bucket')}", arguments.get("Key")
        if key is None:
            conditions = {"s3_prefix": arguments["Prefix"]} if "Prefix" in arguments else {}
            check(context["StateMachine"]["Id"], "s3:ListBucket", bucket, **conditions)
        else:
            check(context["StateMachine"]["Id"], "s3:GetObject", f"{bucket}/{key}")
        return read(reader, effective, context)

    def run_map_in_role(state, raw_input, effective, iterator, execution, context):
        # A child execution of a Distributed Map is an execution of the state machine that has the
        # Map. So the role has to allow `states:StartExecution` on that machine, as on AWS.
        arn = machine_of(execution["stateMachineArn"])["stateMachineArn"]
        check(arn, "states:StartExecution", arn)
        return run_map(state, raw_input, effective, iterator, execution, context)

    stepfunctions._execute_task = execute_task_in_role
    stepfunctions._invoke_resource = invoke_in_role
    stepfunctions._read_map_items = read_in_role
    stepfunctions._run_distributed_map = run_map_in_role


def enforce_roles_of_targets():
    """Lets a rule or a schedule start an execution only if the target's role allows it.

    If the role does not allow it, the event goes to the target's dead-letter queue, if any:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    from ministack.services import eventbridge, sqs

    invoke = eventbridge._invoke_target

    def send_to_dead_letter_queue(target, event, rule):
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        account = rule["Arn"].split(":")[4]
        if queue and sqs.queue_policy_allows(queue, "events.amazonaws.com", rule["Arn"], account):
            payload = json.dumps(eventbridge._pattern_event_view(event).event_with_detail())
            eventbridge._dispatch_to_sqs(eventbridge.parse_arn(queue), payload)

    def invoke_in_role(target, event, rule, view=None):
        service = "scheduler" if event.get("Source") == "aws.scheduler" else "events"
        try:
            if ":states:" in target["Arn"]:
                role = target.get("RoleArn") or ""
                require(role, f"{service}.amazonaws.com", "states:StartExecution", target["Arn"])
        except Denied as denied:
            print(f"{rule['Arn']}: {denied}", flush=True)
            return send_to_dead_letter_queue(target, event, rule)
        return invoke(target, event, rule, view)

    eventbridge._invoke_target = invoke_in_role


def enforce_policies_of_functions():
    """Lets an API invoke a function only if the function's policy allows it.

    If the policy does not allow it, the API responds with 500, as on AWS.
    """
    from ministack.core import iam_evaluator
    from ministack.services import apigateway, lambda_svc

    invoke = apigateway._invoke_lambda_proxy

    def allowed(integration, api, stage, method, route, account, region):
        uri = integration["integrationUri"]
        function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
            apigateway._extract_lambda_ref_from_integration_uri(uri),
            account_id=account,
            region=region,
        )
        if function is None:
            return True  # the emulator reports the missing function itself
        path = route if route.startswith("$") else f"{method}{route.partition(' ')[2]}"
        scope = ":".join(config["FunctionArn"].split(":")[3:5])
        request = iam_evaluator.EvalContext(
            principal_arn="*",
            principal_type="Service",
            principal_account="",
            action="lambda:InvokeFunction",
            resource_arn=config["FunctionArn"],
            region="",
            service_context={"aws:sourcearn": f"arn:aws:execute-api:{scope}:{api}/{stage}/{path}"},
        )
        policy = function.get("policy")
        service = "apigateway.amazonaws.com"
        decision = iam_evaluator.evaluate_resource_policy(policy, request, service=service)
        return decision.decision == "Allow"

    async def invoke_if_allowed(integration, api, stage, *request, **scope):
        _path, method, _headers, _body, _query, route = request[:6]
        account, region = scope["owner_account_id"], scope["owner_region"]
        if not allowed(integration, api, stage, method, route, account, region):
            body = json.dumps({"message": "Internal Server Error"}).encode()
            return 500, {"Content-Type": "application/json"}, body
        return await invoke(integration, api, stage, *request, **scope)

    apigateway._invoke_lambda_proxy = invoke_if_allowed


def enforce_roles_for_logs():
    """Writes a function's log lines only if the function's role may write to the log group."""
    from ministack.services import lambda_svc

    emit = lambda_svc._emit_lambda_logs

    def emit_in_role(function, *arguments, **options):
        config = function.get("config") or function
        group = (config.get("LoggingConfig") or {}).get("LogGroup")
        group = group or f"/aws/lambda/{config['FunctionName']}"
        scope = ":".join(config["FunctionArn"].split(":")[3:5])
        stream = f"arn:aws:logs:{scope}:log-group:{group}:log-stream:any"
        try:
            for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
                require(config["Role"], "lambda.amazonaws.com", action, stream)
        except Denied as denied:
            return print(denied, flush=True)
        return emit(function, *arguments, **options)

    lambda_svc._emit_lambda_logs = emit_in_role


def hide_missing_objects():
    """Responds with 403, not 404, if a key does not exist and the caller may not list the bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    from ministack.core import iam_evaluator, responses, router
    from ministack.services import s3

    def may_list(bucket, headers, query):
        account = responses.get_account_id()
        key = router.extract_access_key_id(headers, query)
        principal = iam_evaluator.resolve_principal(key, account)
        # A caller without policies is the administrator.
        if not isinstance(principal, iam_evaluator.PrincipalInfo) or principal.policies is None:
            return True
        request = iam_evaluator.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action="s3:ListBucket",
            resource_arn=f"arn:aws:s3:::{bucket}",
            region="",
        )
        return iam_evaluator.evaluate(request, principal.policies).decision == "Allow"

    def hiding(read):
        @functools.wraps(read)
        def read_or_hide(bucket, key, headers=None, query_params=None):
            response = read(bucket, key, headers or {}, query_params)
            if response[0] != 404 or may_list(bucket, headers or {}, query_params or {}):
                return response
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")

        return read_or_hide

    s3._get_object, s3._head_object = hiding(s3._get_object), hiding(s3._head_object)


def enforce_permissions():
    """Adds all checks. Must run before the emulator starts."""
    enforce_roles_of_state_machines()
    enforce_roles_of_targets()
    enforce_policies_of_functions()
    enforce_roles_for_logs()
    hide_missing_objects()
