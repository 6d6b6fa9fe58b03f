/** `npm run bench -- NAME`: a benchmark, with what it is compared with in the same run. Takes `--rounds N` and `--json`. */
import { parseArgs } from 'node:util'
import { benchBundle } from './bundle.ts'
import { benchCerts } from './certs.ts'
import { benchInstall } from './install.ts'

const benches: Readonly<Record<string, (options: { rounds: number; json: boolean }) => Promise<void>>> = {
  install: benchInstall,
  certs: benchCerts,
  bundle: benchBundle,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '2' }, json: { type: 'boolean', default: false } },
})
const bench = benches[positionals[0] ?? '']
if (bench) {
  await bench({ rounds: Number(values.rounds), json: values.json })
} else {
  process.stderr.write(
    `which benchmark? npm run bench -- ${Object.keys(benches).join('|')} [--rounds N] [--json]\n`,
  )
  process.exitCode = 2
}
