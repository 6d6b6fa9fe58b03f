import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { connectHosts } from '../../src/host/connect-all.ts'
import type { SshTarget } from '../../src/host/ssh-target.ts'
import { addHost, labDown, labUp } from '../../src/lab/lab.ts'
import { runCommand } from '../../src/lab/run-command.ts'
import type { LabHost } from '../../src/lab/types.ts'
import { findHost, sshArguments, useLab } from '../support/lab.ts'
import { onHost } from '../support/on-host.ts'

const silent = () => {}
const lab = useLab({ controlPlanes: 1, workers: 1 })

const ssh = async (host: LabHost, command: string, user = 'root'): Promise<string> =>
  (await runCommand([...sshArguments(lab(), host, user), command])).trim()

test('root and ops get in with the key of the lab; ops may do everything with sudo and without a password', async () => {
  for (const host of lab().hosts) {
    expect(await ssh(host, 'hostname')).toBe(host.name)
    expect(await ssh(host, 'id -un; sudo -n id -un', 'ops')).toBe('ops\nroot')
  }
  expect((await stat(lab().identityFile)).mode & 0o777).toBe(0o600)
})

test('hosts are bare, whole, and told apart by their ids and keys', async () => {
  const answers = await Promise.all(
    lab().hosts.map((host) => ssh(host, 'systemctl is-system-running; cat /etc/machine-id')),
  )
  const ids = answers.map((answer) => answer.split('\n')[1])
  expect(answers.map((answer) => answer.split('\n')[0])).toEqual(['running', 'running'])
  expect(new Set(ids).size).toBe(2)
  const keys = (await readFile(lab().knownHostsFile, 'utf8')).match(/ssh-ed25519 \S+/g) ?? []
  expect(new Set(keys).size).toBe(2)
  expect(await ssh(findHost(lab(), 'cp1'), 'command -v kubelet containerd runc || echo none')).toBe('none')
})

test("a command that does not read its input has an exit code, and no error of the helper's", async () => {
  const tooMuch = 'x'.repeat(16 * 2 ** 20)
  expect(await onHost(lab(), 'w1', 'echo read nothing', tooMuch)).toBe('read nothing\n')
  await expect(onHost(lab(), 'w1', 'exit 3', tooMuch)).rejects.toThrow('w1: exit 3 (3)')
})

test('hosts reach each other, and hold files that cannot be replaced only where podman mounts them', async () => {
  const cp1 = findHost(lab(), 'cp1')
  expect(await ssh(cp1, `ping -c 1 -W 5 ${findHost(lab(), 'w1').address}`)).toContain(' 0% packet loss')
  expect(
    await ssh(cp1, 'cp /etc/hosts /etc/hosts.new && mv /etc/hosts.new /etc/hosts && echo replaced'),
  ).toBe('replaced')
})

test('hosts behind another: one login at its real sshd, whatever their number', async () => {
  const [cp1, w1] = [findHost(lab(), 'cp1'), findHost(lab(), 'w1')]
  const target = ({ name, address }: LabHost, bastion?: SshTarget): SshTarget => ({
    ...{ name, host: address, port: 22, user: 'root', bastion },
    identityFiles: [lab().identityFile],
    knownHostsFiles: [lab().knownHostsFile],
    agentSocket: undefined,
    passwordFile: undefined,
    sudoPasswordFile: undefined,
  })
  const logins = async (): Promise<number> =>
    Number(await ssh(cp1, "journalctl -u ssh -o cat | grep -c 'Accepted publickey'"))
  const before = await logins()
  // Fewer than ten: they are all one sshd's, and sshd drops more than that at once (MaxStartups).
  const behind = Array.from({ length: 8 }, (_, at) => ({ ...target(w1, target(cp1)), name: `w1-${at}` }))
  const hosts = await connectHosts(behind, { acceptNew: false, pinFile: '/nonexistent' })
  for (const host of hosts.values()) {
    expect((await host.exec({ command: ['hostname'], doing: 'a test' })).stdout).toBe('w1\n')
    await host.close()
  }
  const ownQuestion = 1
  expect((await logins()) - before - ownQuestion).toBe(1)
})

test('a host whose processes were all ended comes back with its disk; one that lives is left alone', async () => {
  const w1 = findHost(lab(), 'w1')
  const cp1 = findHost(lab(), 'cp1')
  await ssh(w1, 'echo kept > /root/mark; echo kept > /var/lib/mark')
  const before = await ssh(cp1, 'cat /proc/1/stat')
  const inspect = ['podman', 'container', 'inspect', '--format', '{{.State.ConmonPid}} {{.State.Pid}}']
  const pids = (await runCommand([...inspect, w1.containerId])).trim().split(' ')
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL')

  const repaired = await labUp(
    { name: lab().name, kubernetes: '1.37.1', controlPlanes: 1, workers: 1 },
    silent,
  )
  expect(repaired.hosts).toEqual(lab().hosts)
  expect(await ssh(w1, 'cat /root/mark /var/lib/mark')).toBe('kept\nkept')
  const startTime = (line: string) => line.split(' ')[21]
  expect(startTime(await ssh(cp1, 'cat /proc/1/stat'))).toBe(startTime(before))
})

test('a host that was added is in the cluster file and lets us in', async () => {
  const grown = await addHost({ name: lab().name, kubernetes: '1.37.1', host: 'w2', role: 'worker' }, silent)
  expect(grown.hosts.map(({ name }) => name)).toEqual(['cp1', 'w1', 'w2'])
  expect(await readFile(grown.clusterFile, 'utf8')).toContain('name: w2')
  expect(await ssh(findHost(grown, 'w2'), 'hostname')).toBe('w2')
})

test('two labs live side by side, and one that goes leaves nothing behind', async () => {
  const name = `${lab().name}-b`
  const other = await labUp({ name, kubernetes: '1.37.1', controlPlanes: 1, workers: 0 }, silent)
  expect(other.subnet).not.toBe(lab().subnet)
  const [host] = other.hosts
  const volumes = ['podman', 'container', 'inspect', '--format', '{{range .Mounts}}{{.Name}} {{end}}']
  const [volume = ''] = (await runCommand([...volumes, host?.containerId ?? ''])).trim().split(' ')

  expect(await labDown(name)).toBe(true)
  const left = await Promise.all([
    runCommand(['podman', 'ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Names}}']),
    runCommand(['podman', 'network', 'ls', '--format', '{{.Name}}']),
    runCommand(['podman', 'volume', 'ls', '--quiet']),
    runCommand(['runc', 'list', '--quiet']),
  ])
  for (const mark of [name, host?.containerId ?? '', volume]) {
    expect(mark).not.toBe('')
    expect(left.join('\n')).not.toContain(mark)
  }
  expect(existsSync(other.directory)).toBe(false)
  expect(await ssh(findHost(lab(), 'cp1'), 'systemctl is-system-running')).toBe('running')
  expect(await labDown(name)).toBe(false)
})
