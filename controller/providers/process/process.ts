import { z } from 'zod'
import { provider } from '../provider.ts'

export const localProcess = provider({
  type: 'process',
  sharedAddress: true,
  runs: ['command'],
  settings: z.strictObject({}),
  open: () => {
    throw new Error('being written')
  },
})
