import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createBundle } from '../../src/bundle/create.ts'
import { clusterSchema } from '../../src/config/schema.ts'
import { runCommand } from '../../src/lab/run-command.ts'
import { kubectlBinary } from '../support/kubeadm.ts'
import { slipway } from '../support/slipway.ts'
import { copyVagrantFolder, vagrant, vagrantDestroy, vagrantUp } from '../support/vagrant.ts'

describe('vagrant up', () => {
  const scratch: { folder?: string } = {}
  const folder = () => scratch.folder ?? ''
  const readCluster = async () =>
    clusterSchema.parse(parse(await readFile(join(folder(), 'cluster.yaml'), 'utf8')))

  beforeAll(async () => {
    scratch.folder = join(await mkdtemp(join(tmpdir(), 'slipway-vagrant-')), 'lab')
    await copyVagrantFolder(folder())
    await vagrantUp(folder())
  })
  afterAll(async () => {
    await vagrantDestroy(folder())
    await rm(join(folder(), '..'), { recursive: true, force: true })
  })

  const readNetwork = async () =>
    (parse(await readFile(join(folder(), 'lab.yaml'), 'utf8')) as { readonly network: string }).network

  test('writes a cluster file with every machine at its address on the private network', async () => {
    const { hosts } = await readCluster()
    const network = await readNetwork()
    expect(hosts.map(({ name, role, address }) => [name, role, address])).toEqual([
      ['cp1', 'control-plane', `${network}.11`],
      ['w1', 'worker', `${network}.21`],
      ['w2', 'worker', `${network}.22`],
    ])
  })

  test('every machine lets in the key that the file names, under a host key that it pins', async () => {
    const config = await readCluster()
    for (const { name, address, ssh } of config.hosts) {
      const options = ['-F', 'none', '-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes']
      const files = ['-i', ssh?.identityFile ?? '', '-o', `UserKnownHostsFile=${config.ssh.knownHostsFile}`]
      const login = `${ssh?.user}@${address}`
      expect((await runCommand(['ssh', ...options, ...files, login, 'hostname'])).trim()).toBe(name)
    }
  })

  test('the file is taken as it is: a cluster comes up on them, on the private network', async () => {
    await createBundle({ kubernetes: '1.37.1', arches: ['amd64'], say: console.log })
    const applied = await slipway('apply', '-c', join(folder(), 'cluster.yaml'))
    expect(applied.code, applied.stderr).toBe(0)
    const { name, hosts } = await readCluster()
    const kubeconfig = join(folder(), '.slipway', name, 'kubeconfig')
    const get = ['get', 'nodes', '--no-headers', '-o', 'wide']
    const nodes = await runCommand([await kubectlBinary(), '--kubeconfig', kubeconfig, ...get])
    const seen = nodes.trim().split('\n')
    expect(seen.map((line) => line.split(/\s+/).filter((_, at) => [0, 1, 5].includes(at)))).toEqual(
      hosts.map((host) => [host.name, 'Ready', host.address]),
    )
  })

  test.each(['virtualbox', 'docker'])('the Vagrantfile is valid for %s', async (provider) => {
    const env = { VAGRANT_DEFAULT_PROVIDER: provider, VAGRANT_HOME: join(folder(), '.vagrant', 'home') }
    const said = await runCommand(['vagrant', 'validate', '--ignore-provider'], { cwd: folder(), env })
    expect(said).toContain('validated successfully')
  })

  test('a machine that is destroyed leaves the cluster file', async () => {
    await vagrant(folder(), 'destroy', '--force', 'w2')
    expect((await readCluster()).hosts.map(({ name }) => name)).toEqual(['cp1', 'w1'])
    expect(await readFile(join(folder(), 'known_hosts'), 'utf8')).not.toContain(',w2 ')
  })

  test('the last one takes the cluster file, the key and the network with it, and what came up only half', async () => {
    const network = `slipway-vagrant-${(await readNetwork()).replaceAll('.', '-')}`
    await runCommand(['podman', 'create', '--network', network, 'localhost/slipway-lab-host'])
    await vagrantDestroy(folder())
    expect(existsSync(join(folder(), 'cluster.yaml'))).toBe(false)
    expect(existsSync(join(folder(), '.vagrant/slipway/id_ed25519'))).toBe(false)
    const networks = await runCommand(['podman', 'network', 'ls', '--format', '{{.Name}}'])
    expect(networks).not.toContain(network)
  })
})
