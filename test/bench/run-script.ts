/** The scripts that Slipway is compared with. Takes a lab and a bundle; lays the files of the one out, and gives a way to run them. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBundle } from '../../src/bundle/open.ts'
import { checkIds } from '../../src/checks/index.ts'
import { loadCluster } from '../../src/config/load.ts'
import type { Lab } from '../../src/lab/types.ts'
import { findHost, sshArguments } from '../support/lab.ts'
import { scriptFiles } from './script-files.ts'

type Variables = Readonly<Record<string, string>>

/** `scp.sh` needs more files: scp-files.ts. */
export type Script = 'script.sh' | 'scp.sh'

export type RunScript = (script: Script, more: Variables) => Promise<string>

const run = (name: Script, env: Variables): Promise<string> =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL(`./${name}`, import.meta.url))
    const child = spawn('bash', [script], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.on('close', (code) =>
      code === 0 ? resolve(said) : reject(new Error(`the script failed: ${said}`)),
    )
  })

export const withScriptFiles = async <T>(
  lab: Lab,
  bundleFile: string,
  body: (runScript: RunScript, folder: string) => Promise<T>,
): Promise<T> => {
  const files = await mkdtemp(join(tmpdir(), 'slipway-bench-'))
  try {
    const config = await loadCluster(lab.clusterFile, { checkIds: checkIds() })
    await scriptFiles(config, await openBundle(bundleFile), files)
    const control = findHost(lab, 'cp1')
    const workers = lab.hosts.filter(({ role }) => role === 'worker').map(({ address }) => address)
    const SSH = sshArguments(lab, control).slice(0, -1).join(' ')
    return await body(
      (script, more) =>
        run(script, { FILES: files, SSH, CP: control.address, WORKERS: workers.join(' '), ...more }),
      files,
    )
  } finally {
    await rm(files, { recursive: true, force: true })
  }
}
