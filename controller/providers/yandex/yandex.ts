import { provider } from '../provider.ts'
import { faults } from './faults.ts'
import { yandexProvider } from './open.ts'
import { derive, YandexKeys } from './settings.ts'

/** VMs of Yandex Cloud, each with a Container Optimized Image that runs what its metadata declares. */
export const yandex = provider({
  type: 'yandex',
  sharedAddress: false,
  runs: ['image'],
  restarts: true,
  countsCores: true,
  settings: YandexKeys,
  derive,
  faults,
  open: yandexProvider,
})
