import { z } from 'zod'
import { alertmanager } from './alertmanager.ts'
import { webhook } from './webhook.ts'

/** The registry: a new notifier is a new file and one line here. Parsing yields `{ type, common, repeat, open }`. */
export const NotifierSettings = z.discriminatedUnion('type', [
  webhook,
  alertmanager, //
])

export type NotifierSetting = z.output<typeof NotifierSettings>
