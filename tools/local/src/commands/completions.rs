//! `cargo local completions`: scripts that let a shell complete `cargo local`.

use clap::{Args, Command, CommandFactory as _, ValueEnum};
use clap_complete::Shell as Generator;

use super::{Cli, CommandError, ExitStatus, print};

/// Print the commands with which a shell completes `cargo local`.
///
/// Completion of `cargo` itself does not change.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  eval \"$(cargo local completions bash)\"                                   # in ~/.bashrc\n  eval \"$(cargo local completions zsh)\"                                    # in ~/.zshrc, after compinit\n  cargo local completions fish > ~/.config/fish/conf.d/cargo-local.fish"
)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// Completes `cargo local` with the function `_cargolocal`. For every other command of `cargo`,
/// calls the completion that the shell had before it ran this script.
///
/// `_cargolocal` is generated as if there were a program `cargolocal`. That name has no hyphen,
/// because the generated code for bash spells a name with a hyphen inconsistently.
const BASH: &str = r#"
_cargo_or_local() {
    if [[ ${COMP_WORDS[1]} == local && $COMP_CWORD -gt 1 ]]; then
        COMP_WORDS=(cargolocal "${COMP_WORDS[@]:2}")
        COMP_CWORD=$((COMP_CWORD - 1))
        _cargolocal cargolocal "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    elif [[ -n $_cargo_before_local ]]; then
        "$_cargo_before_local" "$@"
    fi
}
if [[ $(complete -p cargo 2>/dev/null) =~ -F\ ([^ ]+) && ${BASH_REMATCH[1]} != _cargo_or_local ]]; then
    _cargo_before_local=${BASH_REMATCH[1]}
fi
complete -F _cargo_or_local -o bashdefault -o default cargo
"#;

/// Empty, because the generated script is enough: it defines `_cargo-local`, the function that
/// Rust's own completion of `cargo` calls for `cargo local`.
const ZSH: &str = "";

/// Completes `cargo local …` as fish would complete `cargo-local …`.
const FISH: &str = r#"
complete -c cargo -n 'set -l words (commandline -opc); test (count $words) -gt 1; and test $words[2] = local' -f \
    -a '(complete -C (string replace -r "^\s*cargo\s+local" cargo-local -- (commandline -cp | string collect)))'
"#;

impl Completions {
    pub(super) fn run(&self) -> Result<ExitStatus, CommandError> {
        print(&script(self.shell))?;
        Ok(ExitStatus::Success)
    }
}

fn script(shell: Shell) -> String {
    let (generator, name, addition) = match shell {
        Shell::Bash => (Generator::Bash, "cargolocal", BASH),
        Shell::Zsh => (Generator::Zsh, "cargo-local", ZSH),
        Shell::Fish => (Generator::Fish, "cargo-local", FISH),
    };
    let commands = Cli::command();
    let mut command = Command::new(name).subcommands(commands.get_subcommands().cloned());
    let mut generated = Vec::new();
    clap_complete::generate(generator, &mut command, name, &mut generated);
    format!("{}{addition}", String::from_utf8_lossy(&generated))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The completions that bash proposes for the last word of a command line.
    fn proposed(words: &[&str]) -> Vec<String> {
        let quoted: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
        let last = words.len() - 1;
        let program = format!(
            "_before() {{ COMPREPLY=(before); }}; complete -F _before cargo\n{}\n\
             COMP_WORDS=({}); COMP_CWORD={last}\n\
             _cargo_or_local cargo {} {}\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
            script(Shell::Bash),
            quoted.join(" "),
            quoted[last],
            quoted[last - 1],
        );
        let output = std::process::Command::new("bash").args(["-c", &program]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn bash_completes_commands_and_options_and_leaves_the_rest_to_cargo() {
        assert_eq!(proposed(&["cargo", "local", "execut"]), ["executions"]);
        let options = proposed(&["cargo", "local", "executions", "--f"]);
        assert_eq!(options, ["--failed", "--follow"]);
        assert!(proposed(&["cargo", "local", ""]).iter().any(|it| it == "demo"));
        assert_eq!(proposed(&["cargo", "loc"]), ["before"]);
        assert_eq!(proposed(&["cargo", "build", "--re"]), ["before"]);
    }

    #[test]
    fn every_shell_knows_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = script(shell);
            for command in Cli::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell:?} {}", command.get_name());
            }
        }
    }
}
