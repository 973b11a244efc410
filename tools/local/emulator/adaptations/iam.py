"""The match between a policy's resources and the key that a request names."""

import re


def match_line_breaks_in_policies():
    """Lets wildcards of policies match line breaks, which keys may contain.

    The emulator converts wildcards to regular expressions. There, a dot matches every character
    except a line break.
    """
    from ministack.core import iam_evaluator

    compiled = iam_evaluator._fnmatch_compile

    def compiled_with_line_breaks(pattern, ignore_case):
        expression = compiled(pattern, ignore_case)
        return re.compile(expression.pattern, expression.flags | re.DOTALL)

    iam_evaluator._fnmatch_compile = compiled_with_line_breaks


def name_keys_exactly():
    """Checks permissions on exactly the key that a request names, including every slash.

    By itself, the emulator drops empty parts of the path. It would check the key `uploads/` as
    `uploads`, which a policy for `uploads/*` does not allow.
    """
    from ministack.core import iam_actions

    extract = iam_actions.extract_resource_arn

    def extract_with_slashes(service, method, path, *arguments, **options):
        bucket, _, key = path.removeprefix("/").partition("/")
        if service == "s3" and bucket and key:
            return f"arn:aws:s3:::{bucket}/{key}"
        return extract(service, method, path, *arguments, **options)

    iam_actions.extract_resource_arn = extract_with_slashes
