import { writeSync } from 'node:fs'
import type { Hand, Hold, Terminal } from './terminal.ts'

type Screen = Parameters<Terminal['hold']>[0]

/** The terminal of this process; undefined when its output goes elsewhere. Keys come only from a terminal, too. */
export function processTerminal(): Terminal | undefined {
  const { stdout } = process
  if (!stdout.isTTY) return undefined
  return {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    write: (text) => void stdout.write(text),
    isBusy: () => stdout.writableNeedDrain,
    hold,
  }
}

function hold({ enter, leave }: Screen, hand: Hand): Hold {
  const { stdin, stdout } = process
  const typed = (bytes: Buffer): void => hand.typed(bytes.toString('utf8'))
  // Not by the stream: it would be written after the end of a process that ends at once.
  let isEntered = true
  const restore = (): void => {
    if (isEntered) put(stdout.fd, leave)
    isEntered = false
  }
  const resume = (): void => {
    raw(true)
    isEntered = true
    stdout.write(enter)
    hand.returned()
  }
  raw(true)
  stdout.write(enter)
  stdin.on('data', typed)
  stdout.on('resize', hand.resized)
  process.on('exit', restore)
  process.on('uncaughtExceptionMonitor', restore)
  process.on('SIGCONT', resume)
  return {
    release() {
      process.off('exit', restore)
      process.off('uncaughtExceptionMonitor', restore)
      process.off('SIGCONT', resume)
      stdout.off('resize', hand.resized)
      stdin.off('data', typed)
      stdin.pause()
      raw(false)
      restore()
    },
    suspend() {
      raw(false)
      restore()
      process.kill(process.pid, 'SIGTSTP')
    },
  }
}

function raw(on: boolean): void {
  const { stdin } = process
  if (!stdin.isTTY) return
  try {
    stdin.setRawMode(on)
    if (on) stdin.resume()
  } catch {
    // The terminal is gone, and nobody types any more.
  }
}

function put(fd: number, text: string): void {
  try {
    writeSync(fd, text)
  } catch {
    // A terminal that is gone needs no restoring.
  }
}
