"""Stands in for the AWS provider when Pulumi's engine calls. Refuses inputs that the schema excerpt
does not allow, returns outputs in AWS's form, and creates nothing but the buckets of buckets.py.

Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
"""

import hashlib
import json
import re
from concurrent import futures

import buckets
import excerpt
import grpc
import package_schema
from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

ACCOUNT = "123456789012"
MAX_MESSAGE = 400 << 20

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

# ARNs by type of resource, without partition. `{at}` is the region and the account, `{account}` is
# the account, and every other name is an input of the resource.
# https://docs.aws.amazon.com/service-authorization/latest/reference/ lists them by service.
ARNS = {
    "aws:cloudwatch:EventBus": "events:{at}:event-bus/{name}",
    "aws:cloudwatch:EventRule": "events:{at}:rule/{name}",
    "aws:cloudwatch:LogGroup": "logs:{at}:log-group:{name}",
    "aws:cloudwatch:MetricAlarm": "cloudwatch:{at}:alarm:{name}",
    "aws:dynamodb:Table": "dynamodb:{at}:table/{name}",
    "aws:iam:Role": "iam::{account}:role/{name}",
    "aws:lambda:Function": "lambda:{at}:function:{name}",
    "aws:s3:Bucket": "s3:::{bucket}",
    "aws:scheduler:Schedule": "scheduler:{at}:schedule/default/{name}",
    "aws:sfn:StateMachine": "states:{at}:stateMachine:{name}",
    "aws:sns:Topic": "sns:{at}:{name}",
    "aws:sqs:Queue": "sqs:{at}:{name}",
}

# Name of the input or output that is the resource's id, by type of resource. The id of a bucket, or
# of a resource that configures one, is the bucket's name. `outputs` makes up all other ids.
IDS = {
    "aws:cloudwatch:EventBus": "name",
    "aws:cloudwatch:EventRule": "name",
    "aws:cloudwatch:LogGroup": "name",
    "aws:dynamodb:Table": "name",
    "aws:iam:Role": "name",
    "aws:lambda:EventSourceMapping": "uuid",
    "aws:lambda:Function": "name",
    "aws:sfn:StateMachine": "arn",
    "aws:sns:Topic": "arn",
    "aws:sqs:Queue": "url",
}


def partition(region):
    """Returns the partition of a region.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    prefixes = {"us-gov-": "aws-us-gov", "cn-": "aws-cn"}
    return next((name for prefix, name in prefixes.items() if region.startswith(prefix)), "aws")


def invoked(region):
    """Returns the result of each function of the provider, by the function's token."""
    return {
        "aws:getCallerIdentity": {"accountId": ACCOUNT},
        "aws:getPartition": {"partition": partition(region)},
        "aws:getRegion": {"region": region},
    }


def outputs(name, inputs, region):
    """Returns a resource's id, and its outputs that are not inputs, such as `arn`."""
    where = {"at": f"{region}:{ACCOUNT}", "account": ACCOUNT, **inputs}
    begin = f"arn:{partition(region)}:"
    made_up = hashlib.sha256(json.dumps([name, inputs], sort_keys=True).encode()).hexdigest()[:10]
    found = {}
    if name in ARNS:
        found["arn"] = begin + ARNS[name].format(**where)
    if name == "aws:sqs:Queue":
        found["url"] = f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{inputs['name']}"
    if name == "aws:dynamodb:Table" and inputs.get("streamEnabled"):
        found["streamArn"] = found["arn"] + "/stream/2024-05-01T12:00:00.000"
    if name == "aws:lambda:EventSourceMapping":
        found["uuid"] = f"91eaeb7e-c976-1234-9451-87{made_up}"
    if name == "aws:lambda:Function":
        path = f"lambda:path/2015-03-31/functions/{found['arn']}/invocations"
        found["invokeArn"] = f"{begin}apigateway:{region}:{path}"
    if name == "aws:apigatewayv2:Api":
        found["arn"] = f"{begin}apigateway:{region}::/apis/{made_up}"
        found["executionArn"] = f"{begin}execute-api:{region}:{ACCOUNT}:{made_up}"
        found["apiEndpoint"] = f"https://{made_up}.execute-api.{region}.amazonaws.com"
    # The id of a bucket is its name, and so is the id of each resource that configures the bucket.
    key = "bucket" if buckets.is_bucket(name) else IDS.get(name)
    return {**inputs, **found}[key] if key else made_up, found


def struct(*parts):
    """Returns a Struct with the members of these dicts."""
    made = struct_pb2.Struct()
    for part in parts:
        made.update(part)
    return made


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self):
        self.region = None
        self.tags = {}
        self.buckets = buckets.Buckets.given()

    def Handshake(self, request, context):
        return provider_pb2.ProviderHandshakeResponse()

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version=excerpt.EXCERPT["version"])

    def Cancel(self, request, context):
        return empty_pb2.Empty()

    def GetSchema(self, request, context):
        return provider_pb2.GetSchemaResponse(schema=json.dumps(package_schema.package_schema()))

    def CheckConfig(self, request, context):
        settings = {key: decoded(value) for key, value in MessageToDict(request.news).items()}
        settings.pop("version", None)
        found = excerpt.faults(settings, excerpt.EXCERPT["provider"])
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures(found))

    def DiffConfig(self, request, context):
        return difference(request.news != request.old_inputs)

    def Configure(self, request, context):
        settings = {key: decoded(value) for key, value in MessageToDict(request.args).items()}
        self.region = settings["region"]
        self.tags = (settings.get("defaultTags") or {}).get("tags") or {}
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request, context):
        result = invoked(self.region)[excerpt.short_token(request.tok)]
        return provider_pb2.InvokeResponse(**{"return": struct(result)})

    def Check(self, request, context):
        name = excerpt.short_token(type_of(request.urn))
        entry = excerpt.EXCERPT["resources"][name]
        inputs = MessageToDict(request.news)
        found = excerpt.faults(inputs, entry["inputs"], entry["required"])
        found += [(at, "must have an element") for at in entry["required"] if inputs.get(at) == []]
        # `Diff` gets the inputs that `Check` returns. The real provider compares tags with the
        # default tags added, so they are added here.
        if self.buckets and name == buckets.BUCKET:
            inputs["tags"] = {**self.tags, **inputs.get("tags", {})}
        return provider_pb2.CheckResponse(inputs=struct(inputs), failures=failures(found))

    def Diff(self, request, context):
        name = excerpt.short_token(type_of(request.urn))
        if not buckets.is_bucket(name):
            return self.DiffConfig(request, context)
        olds, news = MessageToDict(request.old_inputs), MessageToDict(request.news)
        why = buckets.refusal(name, olds, news)
        if why:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, why)
        found = buckets.changed(olds, news)
        # A change of the input `bucket` needs a replacement: a bucket cannot be renamed, and a
        # resource that configures a bucket cannot move to another bucket.
        replaces = [one for one in found if one == "bucket"]
        return difference(found != [], diffs=found, replaces=replaces)

    def Read(self, request, context):
        """Reads a bucket or a setting, for `pulumi import` and `pulumi refresh`. If the bucket or
        setting does not exist, the response is empty."""
        name = excerpt.short_token(type_of(request.urn))
        found = self.buckets and self.buckets.setting(name, request.id)
        if found is None:
            return provider_pb2.ReadResponse()
        _, made = outputs(name, found, self.region)
        properties = struct(found, made)
        return provider_pb2.ReadResponse(id=request.id, inputs=struct(found), properties=properties)

    def Create(self, request, context):
        name = excerpt.short_token(type_of(request.urn))
        inputs = MessageToDict(request.properties)
        if name == "aws:s3:Bucket" and not BUCKET_NAME.fullmatch(inputs["bucket"]):
            message = f"InvalidBucketName: the bucket name {inputs['bucket']} is not valid"
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, message)
        if request.preview:
            computed = excerpt.EXCERPT["resources"][name]["outputs"]
            unknown = dict.fromkeys(computed, excerpt.UNKNOWN_STRING)
            return provider_pb2.CreateResponse(properties=struct(inputs, unknown))
        self.change("create", name, inputs, context)
        id, made = outputs(name, inputs, self.region)
        return provider_pb2.CreateResponse(id=id, properties=struct(inputs, made))

    def Update(self, request, context):
        olds, news = MessageToDict(request.olds), MessageToDict(request.news)
        if not request.preview:
            self.change("update", excerpt.short_token(type_of(request.urn)), news, context)
        return provider_pb2.UpdateResponse(properties=struct(olds, news))

    def Delete(self, request, context):
        name = excerpt.short_token(type_of(request.urn))
        self.change("delete", name, MessageToDict(request.properties), context)
        return empty_pb2.Empty()

    def change(self, operation, name, inputs, context):
        if self.buckets and buckets.is_bucket(name):
            try:
                self.buckets.change(operation, name, inputs)
            except ValueError as error:
                context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))


def type_of(urn):
    """Returns the type in a URN, such as `aws:s3/bucket:Bucket`."""
    return urn.split("::")[2].split("$")[-1]


def decoded(value):
    """Parses a setting of the provider. It arrives as text, which is JSON for lists and objects."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def failures(found):
    return [provider_pb2.CheckFailure(property=at, reason=reason) for at, reason in found]


def difference(is_changed, **details):
    response = provider_pb2.DiffResponse
    changes = response.DIFF_SOME if is_changed else response.DIFF_NONE
    return response(changes=changes, **details)


def main():
    """Prints the port and serves on it until the engine ends this process."""
    limits = [
        ("grpc.max_receive_message_length", MAX_MESSAGE),
        ("grpc.max_send_message_length", MAX_MESSAGE),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(8), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
