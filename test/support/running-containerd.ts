/**
 * The real containerd on this machine, with the configuration that we write and every path of it in a folder of its own. Takes what
 * stands in its certs.d; gives a way to pull, as a kubelet would. It ends with the test.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { containerdFiles } from '../../src/render/files.ts'
import type { FileContent } from '../../src/render/types.ts'
import { containerdBinary, crictlBinary, runOracle } from './kubeadm.ts'
import { renderInput } from './render-input.ts'
import { scratchDirectory } from './scratch.ts'

export type RunningContainerd = {
  readonly socket: string
  readonly place: (files: readonly FileContent[]) => void
  /** What crictl says; throws with what containerd says. */
  readonly pull: (image: string) => Promise<string>
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export const startContainerd = async (
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningContainerd> => {
  const root = scratchDirectory('containerd')
  const inRoot = (text: string): string => text.replace(/"\/(etc|var|run|opt)\//g, `"${root}/$1/`)
  const place: RunningContainerd['place'] = (files) => {
    for (const { path, content, mode } of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), inRoot(content), { mode })
    }
  }
  place(containerdFiles(renderInput()))
  const [socket, config] = [join(root, 'containerd.sock'), join(root, 'etc/containerd/config.toml')]
  const child = spawn(await containerdBinary(), ['--config', config, '--address', socket], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  onTestFinished(async () => {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  })
  while (!existsSync(socket)) {
    if (child.exitCode !== null) throw new Error(Buffer.concat(said).toString())
    await pause(20)
  }
  const crictl = await crictlBinary()
  const pull = async (image: string): Promise<string> => {
    const { stdout } = await runOracle(crictl, ['--image-endpoint', `unix://${socket}`, 'pull', image])
    return stdout
  }
  return { socket, place, pull }
}
