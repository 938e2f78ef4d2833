/**
 * The scripts with which bash, zsh and fish request completions from a program. The scripts do not evaluate typed text, need no
 * other package in the shell, and work beside scripts of other programs.
 */
export type Shell = 'bash' | 'zsh' | 'fish';

/**
 * The script of a shell, to be sourced.
 * @param program the name of the program, as typed
 * @param request the command of the program that answers requests
 */
export const scriptFor = (shell: Shell, program: string, request: string): string => SCRIPTS[shell](program, request);

const functionName = (program: string): string => `_${program.replaceAll(/\W/g, '_')}_completion`;

/**
 * bash treats `=` and `:` as separate words: the script joins them, and removes the part before the word at the cursor from the
 * answer.
 */
const bash = (program: string, request: string): string => `# bash completion of ${program}
${functionName(program)}() {
  local words=() joined= last= lead= line candidate ending= i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if ((i > 1)) && [[ \${COMP_WORDS[i]} == [=:]* || \${COMP_WORDS[i - 1]} == *[=:] ]]; then
      joined+=\${COMP_WORDS[i]}
    else
      ((i > 1)) && words+=("$joined")
      joined=\${COMP_WORDS[i]}
    fi
  done
  last=\${COMP_WORDS[COMP_CWORD]}
  [[ $last == [=:] ]] && last=
  lead=\${joined%"$last"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      ending=$line
    else
      candidate=\${line%%$'\\t'*}
      printf -v candidate %q "\${candidate#"$lead"}"
      COMPREPLY+=("$candidate")
    fi
  done < <(${program} ${request} -- "\${words[@]}" "$joined" 2>/dev/null)
  case $ending in
    :files) ;;
    :directories) compopt +o default -o dirnames 2>/dev/null ;;
    :no-space) compopt +o default -o nospace 2>/dev/null ;;
    *) compopt +o default 2>/dev/null ;;
  esac
}
complete -o default -F ${functionName(program)} ${program}
`;

const zsh = (program: string, request: string): string => `#compdef ${program}
# zsh completion of ${program}
${functionName(program)}() {
  local -a lines described
  local line ending
  lines=("\${(@f)$(${program} ${request} -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  ending=\${lines[-1]}
  for line in "\${(@)lines[1,-2]}"; do
    described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  case $ending in
    :files) [[ $PREFIX == --*=* ]] && compset -P '*='; _files ;;
    :directories) [[ $PREFIX == --*=* ]] && compset -P '*='; _files -/ ;;
    :no-space) _describe -t values ${program} described -S '' ;;
    *) _describe -t values ${program} described ;;
  esac
}
if [[ \${funcstack[1]} == _${program} ]]; then
  ${functionName(program)} "$@"
else
  compdef ${functionName(program)} ${program}
fi
`;

const fish = (program: string, request: string): string => `# fish completion of ${program}
function ${functionName(program)}
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (${program} ${request} -- $words[2..-1] "$current" 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l ending $lines[-1]
    set -e lines[-1]
    set -l lead (string match -r -- '^--[^=]*=' $current)
    test (count $lead) -gt 0; or set lead ''
    set -l value (string replace -r -- '^--[^=]*=' '' $current)
    switch $ending
        case :files
            set -a lines $lead(__fish_complete_path $value)
        case :directories
            set -a lines $lead(__fish_complete_directories $value '')
    end
    printf '%s\\n' $lines
end
complete -c ${program} -e
complete -c ${program} -f -a '(${functionName(program)})'
`;

const SCRIPTS: Readonly<Record<Shell, (program: string, request: string) => string>> = { bash, zsh, fish };
