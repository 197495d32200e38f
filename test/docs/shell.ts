import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'

/** A shell in which commands are said one after the other, as a reader of a page does in a terminal. */
export type Shell = {
  /** What the command has written to both outputs, and its exit code. Rejects when it takes too long. */
  say(command: string, within: number): Promise<{ output: string; code: number }>
  end(): Promise<void>
}

const END = 'the-end-of-a-command'

/** Starts bash in `cwd`; it dies with this process. What is left in the background is the caller's to end. */
export function openShell(cwd: string, env: Readonly<Record<string, string | undefined>>): Shell {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'bash', '--noprofile', '--norc'], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let text = ''
  let heard = (): void => {}
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    heard()
  })
  return {
    async say(command, within) {
      text = ''
      child.stdin.write(`{ ${command}\n} 2>&1; printf '%s %s\\n' ${END} $?\n`)
      const late = AbortSignal.timeout(within)
      const ended = new RegExp(`^${END} (\\d+)$`, 'm')
      while (!ended.test(text)) {
        if (late.aborted) throw new Error(`it took longer than ${within} ms: ${command}\n${text}`)
        await Promise.race([
          new Promise<void>((resolve) => {
            heard = resolve
          }),
          once(late, 'abort'),
        ])
      }
      const [, code] = ended.exec(text) ?? []
      const output = stripVTControlCharacters(text.slice(0, text.search(ended)))
      return { output, code: Number(code) }
    },
    async end() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
