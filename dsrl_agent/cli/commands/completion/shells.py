"""Write the scripts by which bash, zsh and fish complete the command line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence

from dsrl_agent.cli.commands.completion.words import CompletedCommand

_HELP = 60  # characters of a line of help: more would be folded in lists of options
_BASH = """\
# Completion of dsrl for bash. For this shell: source <(dsrl completion bash)
_dsrl() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
    local command="${{COMP_WORDS[1]}}" words=""
    case "$command" in {groups})
        (( COMP_CWORD > 2 )) && command="$command ${{COMP_WORDS[2]}}" ;;
    esac
    if (( COMP_CWORD == 1 )); then
        words={first}
    else
        case "$command $before" in
{values}
        esac
        [[ -z "$words" ]] && case "$command" in
{options}
        esac
        # Options are offered where one is begun; elsewhere files are.
        [[ "$words" == -* && "$current" != -* ]] && words=""
    fi
    COMPREPLY=( $(compgen -W "$words" -- "$current") )
}}
complete -o default -F _dsrl dsrl
"""
_ZSH = """\
#compdef dsrl
# Completion of dsrl for zsh. For this shell: source <(dsrl completion zsh)
_dsrl() {{
    local -a items
    local command="$words[2]" before="$words[CURRENT-1]"
    case "$command" in {groups})
        (( CURRENT > 3 )) && command="$command $words[3]" ;;
    esac
    if (( CURRENT == 2 )); then
        items=({first})
        _describe command items
        return
    fi
    case "$command $before" in
{values}
    esac
    if (( $#items )); then
        _describe value items
        return
    fi
    case "$command" in
{options}
    esac
    if [[ "$command" == ({groups}) ]]; then
        _describe command items
    elif [[ "$PREFIX" == -* ]]; then
        _describe -o option items
    else
        _files
    fi
}}
compdef _dsrl dsrl
"""
_FISH = """\
# Completion of dsrl for fish. For this shell: dsrl completion fish | source
function __dsrl_is # the words of a command: whether it is being completed
    set -l words (commandline -opc)[2..]
    set -l count (count $argv)
    test (count $words) -ge $count; and test "$words[1..$count]" = "$argv"
end
"""


def bash_script(commands: Sequence[CompletedCommand]) -> str:
    """Return the script for bash."""

    def words(offered: Iterable[str]) -> str:
        return f"words={_quoted(' '.join(offered))}"

    return _BASH.format(
        groups="|".join(_groups(commands)),
        first=_quoted(" ".join(_first(commands))),
        values=_values(commands, words),
        options=_options(commands, words),
    )


def zsh_script(commands: Sequence[CompletedCommand]) -> str:
    """Return the script for zsh."""
    return _ZSH.format(
        groups="|".join(_groups(commands)),
        first=_described(_first(commands)),
        values=_values(commands, lambda offered: f"items=({' '.join(map(_quoted, offered))})"),
        options=_options(commands, lambda offered: f"items=({_described(offered)})"),
    )


def _values(commands: Sequence[CompletedCommand], offer: Callable[[Sequence[str]], str]) -> str:
    """Return the cases that offer the values of each option."""
    return _cases(
        (f"{path} --{option.name}", offer(option.values))
        for path, command in _by_path(commands)
        for option in command.options
        if option.values
    )


def _options(
    commands: Sequence[CompletedCommand], offer: Callable[[Mapping[str, str]], str]
) -> str:
    """Return the cases that offer what follows each command."""
    return _cases(
        (path, offer(_following(command, commands))) for path, command in _by_path(commands)
    )


def fish_script(commands: Sequence[CompletedCommand]) -> str:
    """Return the script for fish."""
    lines = [_FISH]
    for path, command in _by_path(commands):
        if len(command.words) == 1:
            lines.append(_fish_word("__fish_use_subcommand", path, command.help))
        if not command.options:
            inner = _following(command, commands)
            taken = " ".join(f"; and not __dsrl_is {path} {name}" for name in inner)
            lines += (_fish_word(f"__dsrl_is {path}{taken}", *each) for each in inner.items())
        for option in command.options:
            values = f" -x -a {_quoted(' '.join(option.values))}" if option.values else ""
            what = f"-l {option.name}{values} -d {_quoted(_shortened(option.help))}"
            lines.append(f"complete -c dsrl -n '__dsrl_is {path}' {what}\n")
    return "".join(lines)


SCRIPTS: Mapping[str, Callable[[Sequence[CompletedCommand]], str]] = {
    "bash": bash_script,
    "zsh": zsh_script,
    "fish": fish_script,
}
"""What writes the script, by the name of the shell."""


def _by_path(commands: Iterable[CompletedCommand]) -> list[tuple[str, CompletedCommand]]:
    return [(" ".join(command.words), command) for command in commands]


def _first(commands: Iterable[CompletedCommand]) -> dict[str, str]:
    """Return what may follow `dsrl`, each with its line of help."""
    return {command.words[0]: command.help for command in commands if len(command.words) == 1}


def _groups(commands: Iterable[CompletedCommand]) -> list[str]:
    """Return the commands that are followed by the name of another."""
    return list(dict.fromkeys(c.words[0] for c in commands if len(c.words) > 1))


def _following(command: CompletedCommand, commands: Iterable[CompletedCommand]) -> dict[str, str]:
    """Return what may follow a command: its options, or the names of its own commands."""
    if command.options:
        return {f"--{option.name}": option.help for option in command.options}
    return {each.words[1]: each.help for each in commands if each.words[:-1] == command.words}


def _cases(cases: Iterable[tuple[str, str]]) -> str:
    """Return branches of a `case` in bash and zsh."""
    return "\n".join(f"            {_quoted(pattern)}) {then} ;;" for pattern, then in cases)


def _described(words: Mapping[str, str]) -> str:
    """Return words with their help, as `_describe` of zsh takes them."""
    return " ".join(
        _quoted(f"{word.replace(':', chr(92) + ':')}:{_shortened(text)}")
        for word, text in words.items()
    )


def _fish_word(condition: str, word: str, text: str) -> str:
    return f"complete -c dsrl -f -n '{condition}' -a {word} -d {_quoted(_shortened(text))}\n"


def _shortened(text: str) -> str:
    return textwrap.shorten(text.replace("`", ""), _HELP, placeholder=" ...")


def _quoted(text: str) -> str:
    """Return a text in single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"
