import { frame } from './frame.ts'
import type { Glyphs } from './glyphs.ts'
import { paint } from './line.ts'
import type { Scene } from './scene.ts'

/** Shows what goes on, until it is closed. */
export interface View {
  show(scene: Scene): void
  /** Leaves the terminal as it was found; nothing is shown any more. */
  close(): void
}

/** A terminal; its size is asked for anew with every frame. */
export interface Terminal {
  write(text: string): void
  width(): number
  height(): number
  colours: boolean
  glyphs: Glyphs
}

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[2J'
const LEAVE = '\x1b[?25h\x1b[?1049l'
/** Terminals that know these draw what is between them at once; others ignore them. */
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'

/**
 * Draws on the terminal's second screen, so that the first one comes back untouched. Each line is written over the old one and its
 * rest cleared, never the whole screen, so that nothing flickers; a frame that is like the last one is not written at all.
 */
export function createScreen(terminal: Terminal): View {
  let last = ''
  let closed = false
  terminal.write(ENTER)
  return {
    show(scene) {
      const room = { width: terminal.width(), height: terminal.height(), glyphs: terminal.glyphs }
      const lines = frame(scene, room).map((line) => paint(line, terminal.colours))
      const text = lines.map((line) => `${line}\x1b[K`).join('\r\n')
      const drawn = `${room.width}x${room.height} ${text}`
      if (closed || drawn === last) return
      last = drawn
      terminal.write(`${BEGIN}\x1b[H${text}\x1b[J${END}`)
    },
    close() {
      closed = true
      terminal.write(LEAVE)
    },
  }
}
