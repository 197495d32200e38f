import { messageNames, type Soften, type Template, the } from './template.ts'

/** What a well-known receiver wants. `most`: characters of its text. */
export interface Preset {
  template: Template
  soften: Soften
  most: number
}

const plain: Soften = (text) => text

/** Words of ours must not call everybody (`<!channel>`), nor link anywhere. */
const slack: Soften = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Mattermost calls people by @; a blank of no width after it takes that away and is not to be seen. */
const mattermost: Soften = (text) => text.replaceAll('@', '@\u200b')

const words = `${the('title')}\n${the('lines')}\n${the('url')}`

/** The registry of receivers that need no template of their own: one line each. */
export const presets = {
  json: {
    template: Object.fromEntries(
      messageNames.filter((name) => name !== 'lines').map((name) => [name, the(name)]),
    ),
    soften: plain,
    most: 100_000,
  },
  slack: { template: { text: words }, soften: slack, most: 30_000 },
  mattermost: { template: { text: words }, soften: mattermost, most: 12_000 },
  telegram: {
    template: { text: words, link_preview_options: { is_disabled: true } },
    soften: plain,
    most: 4_000,
  },
} satisfies Record<string, Preset>

export type PresetName = keyof typeof presets

export const presetNames = ['json', 'slack', 'mattermost', 'telegram'] as const satisfies PresetName[]
