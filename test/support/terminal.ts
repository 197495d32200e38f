import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll } from 'vitest'
import { until } from './until.ts'

/** A program in a pseudo-terminal of its own. */
export type InTerminal = {
  /** What a terminal of so many rows shows by now, without blanks at the ends of lines; of the alternate screen where that is shown. */
  screen(): string[]
  /** The screen as it was when the alternate one was left last. */
  lastAlternate(): string[]
  /** Everything that was written to the terminal. */
  written(): string
  type(text: string): void
  resize(rows: number, columns: number): Promise<void>
  /** Sends a signal to the program that was started. */
  signal(name: NodeJS.Signals): void
  /** Settles when the pseudo-terminal is closed. */
  closed: Promise<void>
}

const running = new Set<ChildProcess>()

afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Runs a command line of sh in a pseudo-terminal (`script` of util-linux), and after it a look at the terminal's settings:
 * `ENDED=` with its exit code, and what `stty -a` says.
 */
export const startInTerminal = async (
  command: string,
  options: { cwd: string; rows: number; columns: number; env?: Record<string, string> },
): Promise<InTerminal> => {
  const { cwd, rows, columns, env = {} } = options
  const line = `stty rows ${rows} cols ${columns}; echo "PTS=$(tty)"; sh -c 'echo "PID=$$"; exec ${command}'; echo "ENDED=$?"; stty -a`
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'script', '-qfc', line, '/dev/null'], {
    cwd,
    env: { ...process.env, TERM: 'xterm-256color', NO_COLOR: '', ...env, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  running.add(child)
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const written = (): string => Buffer.concat(chunks).toString()
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const found = await until(() => /PTS=(\S+).*PID=(\d+)\r?\n/s.exec(written()), {
    what: 'a pseudo-terminal',
  })
  const [, pts = '', pid = ''] = found
  return {
    written,
    closed,
    screen: () => emulate(written()).screen,
    lastAlternate: () => emulate(written()).left,
    type: (text) => void child.stdin?.write(text),
    async resize(high, wide) {
      await promisify(execFile)('stty', ['-F', pts, 'rows', String(high), 'cols', String(wide)])
    },
    signal: (name) => void process.kill(Number(pid), name),
  }
}

const ESC = '\x1b'

/** As much of a terminal as programs of lines and frames use: places, erasing, and two screens. */
const emulate = (written: string): { screen: string[]; left: string[] } => {
  let screen: string[][] = []
  let other: string[][] = []
  let left: string[] = []
  let row = 0
  let column = 0
  const token = new RegExp(`${ESC}\\[([?0-9;]*)([@-~])|${ESC}[^[]|.`, 'gsu')
  for (const [text, parameters = '', final] of written.matchAll(token)) {
    if (final === undefined) {
      if (text === '\r') column = 0
      else if (text === '\n') row++
      else if (text === '\b') column = Math.max(0, column - 1)
      else if (text >= ' ') {
        screen[row] ??= []
        const cells = screen[row] ?? []
        cells[column++] = text
      }
    } else if (final === 'H') {
      const [down = '1', right = '1'] = parameters.split(';')
      row = Number(down || 1) - 1
      column = Number(right || 1) - 1
    } else if (final === 'K') screen[row]?.splice(column)
    else if (final === 'J') screen = parameters === '2' ? [] : screen.slice(0, row + 1)
    else if (final === 'C') column += Number(parameters || 1)
    else if (final === 'D') column = Math.max(0, column - Number(parameters || 1))
    else if (final === 'A') row = Math.max(0, row - Number(parameters || 1))
    else if (parameters === '?1049') {
      if (final === 'l') left = linesOf(screen)
      ;[screen, other] = final === 'h' ? [[], screen] : [other, []]
    }
  }
  return { screen: linesOf(screen), left }
}

const linesOf = (screen: string[][]): string[] =>
  Array.from(screen, (cells) =>
    Array.from(cells ?? [], (cell) => cell ?? ' ')
      .join('')
      .trimEnd(),
  )
