/** The container runtime and every executable of the host's role, from the bundle; containerd runs with our configuration. */
import { file, service } from '../plan/steps.ts'
import { steps } from '../plan/tasks.ts'
import { containerdFiles } from '../render/files.ts'
import { executableHash } from './executable-hash.ts'
import { outsideSteps } from './outside.ts'
import { renderInput } from './render-input.ts'
import type { Phase } from './types.ts'

export const runtime: Phase = {
  id: 'runtime',
  title: 'Install the binaries and start containerd',
  roles: ['control-plane', 'worker'],
  tasks: (input, host) => {
    const files = containerdFiles(renderInput(input, host))
    const contents = input.contents(host)
    const startedWith = [
      ...files.map(({ content }) => content),
      executableHash(contents, '/usr/local/bin/containerd'),
    ]
    return [
      steps(
        ...contents.binaries,
        ...files.map(file),
        // Not among what it was started with: what is said about registries is read at every pull.
        ...outsideSteps(input),
        service(
          'containerd.service',
          startedWith,
          'on that host, `journalctl -u containerd -n 50` says why it does not start',
        ),
      ),
    ]
  },
}

export const images: Phase = {
  id: 'images',
  title: 'Import the images, and what the host takes out of them',
  roles: ['control-plane', 'worker'],
  tasks: (input, host) => {
    const { images: imported, extracts } = input.contents(host)
    return [steps(imported, ...extracts)]
  },
}
