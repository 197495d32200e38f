/** Shells whose completion is known. */
export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

/** What `capuchin complete` answers where the shell itself knows best what may follow. */
export const FILES = ':files'

/** A candidate ends at a tabulator; what it is stands behind it. No shell expands what comes from a controller. */
const bash = `# Completion of capuchin for bash:  source <(capuchin completion bash)
_capuchin() {
  local line word="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = "${FILES}" ]; then
      compopt -o filenames 2>/dev/null
      [ "$word" = "=" ] && word=""
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word")
      return
    fi
    COMPREPLY+=("$(printf '%q' "\${line%%$'\\t'*}")")
  done < <("\${1/#\\~/$HOME}" complete --names -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _capuchin capuchin
`

const zsh = `#compdef capuchin
# Completion of capuchin for zsh:  source <(capuchin completion zsh)
# or as a file named _capuchin in a folder of $fpath.
_capuchin() {
  local line name
  local -a lines described
  lines=("\${(@f)$("\${(Q)words[1]/#\\~/$HOME}" complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == "${FILES}" ]]; then
    compset -P '--*='
    _files
    return
  fi
  for line in "\${lines[@]}"; do
    [[ -z "$line" ]] && continue
    name="\${line%%$'\\t'*}"
    described+=("\${name//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -V capuchin described
}
if [[ "\${funcstack[1]}" == _capuchin ]]; then
  _capuchin "$@"
else
  compdef _capuchin capuchin
fi
`

const fish = `# Completion of capuchin for fish:  capuchin completion fish | source
function __capuchin_complete
    set -l current (commandline -ct)
    test -n "$current"; or set current ''
    set -l words (commandline -opc) $current
    set -l lines (command $words[1] complete -- $words[2..-1] 2>/dev/null)
    if test "$lines[1]" = "${FILES}"
        __fish_complete_path "$current"
        return
    end
    string join -- \\n $lines
end
complete -c capuchin -e
complete -c capuchin -f -k -a '(__capuchin_complete)'
`

export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish }
