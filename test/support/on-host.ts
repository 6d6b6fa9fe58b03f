/** Commands on a lab host by OpenSSH's own client. Takes lab, host and command; gives what it printed, or throws with it. */
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
import type { Lab } from '../../src/lab/types.ts'
import { findHost, sshArguments } from './lab.ts'

/** One login for many commands: each would take a tenth of a second of a core. It ends by itself when nobody has used it for a while. */
const sharedLogin = (lab: Lab): readonly string[] => [
  ...['-o', 'ControlMaster=auto', '-o', 'ControlPersist=10'],
  ...['-o', `ControlPath=${dirname(lab.clusterFile)}/%r@%h`],
  // A host may be stopped meanwhile.
  ...['-o', 'ServerAliveInterval=5', '-o', 'ServerAliveCountMax=2'],
]

export const onHost = (lab: Lab, host: string, script: string, input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const [command = '', ...args] = [...sshArguments(lab, findHost(lab, host)), script]
    const child = spawn(command, [...sharedLogin(lab), ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    child.on('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`${host}: ${script} (${code})\n${stdout}${stderr}`)),
    )
    child.stdin.end(input)
  })

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
