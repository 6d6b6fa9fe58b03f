/** Builds pause, which is C: one file of the Kubernetes module. Takes the versions and the architecture; gives the executable. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheDirectory } from '../../constants.ts'
import type { Versions } from '../catalog.ts'
import { runTool } from '../run-tool.ts'
import type { Say } from '../say.ts'
import { cCompiler } from './c-compiler.ts'
import { goCaches } from './go.ts'
import { pinsOf } from './go-pins.ts'

const sourceFile = async ({ kubernetes }: Versions): Promise<string> => {
  const module = join(goCaches().GOMODCACHE, 'k8s.io', `kubernetes@v${kubernetes}`)
  const { folder, arguments: pinned } = pinsOf('kubernetes', kubernetes)
  if (!existsSync(module))
    await runTool('go', ['mod', 'download', ...pinned, 'k8s.io/kubernetes'], {
      cwd: folder,
      env: { ...process.env, ...goCaches(), GOWORK: 'off' },
    })
  return join(module, 'build/pause/linux/pause.c')
}

export const buildPause = async (versions: Versions, arch: string, say: Say): Promise<string> => {
  const name = `pause-${versions.kubernetes}-${versions.pause}-${arch}`
  const folder = join(cacheDirectory(), 'components', name)
  const built = join(folder, 'pause')
  if (existsSync(built)) return built
  await mkdir(folder, { recursive: true })
  const { command, hint } = await cCompiler(arch, say)
  const unfinished = join(folder, `.${randomUUID()}`)
  const how = ['-Os', '-static', `-DVERSION=v${versions.pause}`, '-o', unfinished]
  try {
    await runTool(command, [...how, await sourceFile(versions)], { hint })
    await rename(unfinished, built)
  } finally {
    await rm(unfinished, { force: true })
  }
  say(`built pause for ${arch}`)
  return built
}
