import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.JsonRuleCompiler;

/**
 * Matches events with the library that EventBridge itself uses.
 *
 * <p>Reads JSON arrays of a pattern and an event, one on each line. For each, prints `true` or
 * `false`, or what is wrong with the pattern.
 */
public final class Matcher {
    public static void main(String[] arguments) throws Exception {
        var mapper = new ObjectMapper();
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            JsonNode pair = mapper.readTree(line);
            System.out.println(answer(pair.get(0).toString(), pair.get(1).toString()));
        }
    }

    private static String answer(String pattern, String event) throws Exception {
        String mistake = JsonRuleCompiler.check(pattern);
        if (mistake != null) {
            return mistake.replace('\n', ' ');
        }
        var machine = Machine.builder().build();
        machine.addRule("rule", pattern);
        return String.valueOf(machine.rulesForJSONEvent(event).contains("rule"));
    }
}
