/** Commands on a lab host by OpenSSH's own client. Takes lab, host and command; gives what it printed, or throws with it. */
import { dirname } from 'node:path'
import { tryCommand } from '../../src/lab/run-command.ts'
import type { Lab } from '../../src/lab/types.ts'
import { findHost, sshArguments } from './lab.ts'

/** One login for many commands: each would take a tenth of a second of a core. It ends by itself when nobody has used it for a while. */
const sharedLogin = (lab: Lab): readonly string[] => [
  ...['-o', 'ControlMaster=auto', '-o', 'ControlPersist=10'],
  ...['-o', `ControlPath=${dirname(lab.clusterFile)}/%r@%h`],
  // A host may be stopped meanwhile.
  ...['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=2'],
]

export const onHost = async (lab: Lab, host: string, script: string, input = ''): Promise<string> => {
  const [ssh = '', ...args] = [...sshArguments(lab, findHost(lab, host)), script]
  const { code, stdout, stderr } = await tryCommand([ssh, ...sharedLogin(lab), ...args], { input })
  if (code === 0) return stdout
  throw new Error(`${host}: ${script} (${code})\n${stdout}${stderr}`)
}

/** kubectl on the control plane, with the administrator's kubeconfig of that host. */
export const kubectl = (lab: Lab, args: string, input = ''): Promise<string> =>
  onHost(lab, 'cp1', `kubectl --kubeconfig /etc/kubernetes/admin.conf ${args}`, input)

export const eventually = async <T>(what: string, look: () => Promise<T>, seconds = 300): Promise<T> => {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`${what} did not come about in ${seconds} s`, { cause: error })
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }
}
