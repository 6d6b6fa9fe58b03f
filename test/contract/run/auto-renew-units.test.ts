/** systemd itself takes the units for good, whatever is in their paths. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { unitsOf } from '../../../src/run/auto-renew-units.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { scratchDirectory } from '../../support/scratch.ts'

/** Of a program that is not there it says so, which shows that it reads the path as it is. */
const verified = (program: string): void => {
  const folder = scratchDirectory('units')
  const slipway = join(folder, program)
  mkdirSync(join(slipway, '..'), { recursive: true })
  writeFileSync(slipway, '#!/bin/sh\n')
  chmodSync(slipway, 0o755)
  const caller = { slipway: [slipway], clusterFile: join(folder, program), passphraseFile: undefined }
  const { files } = unitsOf(
    { ...caller, folder, environment: { HOME: '/50% of "it"' } },
    clusterConfig({ certificates: { autoRenew: {} } }),
  )
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  })
  const said = execFileSync('systemd-analyze', ['verify', '--man=no', ...paths], {
    stdio: 'pipe',
    encoding: 'utf8',
  })
  expect(said).toBe('')
}

it.each(['slipway', '100% sure/%h slipway'])('%s', (program) => verified(program))
