const ESC = '\x1b'

/** The other screen, so that what stood in the terminal comes back; no cursor; nothing that runs over the edge goes on below it. */
export const ENTER = `${ESC}[?1049h${ESC}[?25l${ESC}[?7l${ESC}[H${ESC}[2J`
/** All of that taken back. Harmless where it was not done. */
export const LEAVE = `${ESC}[0m${ESC}[?7h${ESC}[?25h${ESC}[?1049l`

/**
 * What has to be written for a screen that shows `before` to show `after`: only the lines that differ. Each goes to its place by
 * itself, so that one whose width a terminal sees otherwise spoils no other.
 */
export function repaint(before: readonly string[], after: readonly string[]): string {
  let written = ''
  const rows = Math.max(before.length, after.length)
  for (let row = 0; row < rows; row++) {
    const line = after[row] ?? ''
    if (line !== before[row]) written += `${ESC}[${row + 1};1H${line}${ESC}[0m${ESC}[K`
  }
  return written
}
