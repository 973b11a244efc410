"""The paths of requests to an HTTP API."""


def match_line_breaks_in_paths():
    """Lets parameters in paths match line breaks, which keys may contain.

    The emulator converts routes to regular expressions. There, a dot matches every character except
    a line break.
    """
    from ministack.services import apigateway

    extract = apigateway._extract_path_params
    # Stands for a line break. No key should contain these two noncharacters, because Unicode
    # reserves them for internal use.
    stand_in = "\ufdd0\ufdd1"

    def extract_with_line_breaks(route_path, request_path):
        parameters = extract(route_path, request_path.replace("\n", stand_in))
        if parameters is None:
            return None
        return {name: value.replace(stand_in, "\n") for name, value in parameters.items()}

    apigateway._extract_path_params = extract_with_line_breaks


def cut_paths_at_question_marks():
    """Cuts the path of a request to an HTTP API at `%3F`, as API Gateway has been observed to do.

    API Gateway decodes the path before it looks for the query string. There are two reports, one
    with captured events:
    https://github.com/hotsock/voker/pull/8, https://github.com/middleapi/standard-server/pull/93
    """
    from ministack.services import apigateway

    decode = apigateway.decode_http_api_path

    def decode_and_cut(raw_path):
        return decode(raw_path).partition("?")[0]

    apigateway.decode_http_api_path = decode_and_cut
