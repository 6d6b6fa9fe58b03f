/** Commands on a lab host by OpenSSH's own client. Takes lab, host and command; gives what it printed, or throws with it. */
import { spawn } from 'node:child_process'
import type { Lab } from '../../src/lab/types.ts'
import { findHost, sshArguments } from './lab.ts'

export const onHost = (lab: Lab, host: string, script: string, input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const [command = '', ...args] = [...sshArguments(lab, findHost(lab, host)), script]
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
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
