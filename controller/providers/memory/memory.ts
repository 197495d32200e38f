import { z } from 'zod'
import { provider } from '../provider.ts'

export const memory = provider({
  type: 'memory',
  sharedAddress: false,
  runs: ['command', 'image'],
  settings: z.strictObject({}),
  open: () => {
    throw new Error('being written')
  },
})
