import { providerContract } from '../../contract/provider.ts'
import { processBench } from './process/bench.ts'

providerContract('process', () => processBench())
