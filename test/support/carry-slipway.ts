/** Brings Slipway itself, with the Node that runs it, and what it works on to a lab host. Takes the lab and the host; gives nothing. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Lab } from '../../src/lab/types.ts'
import { findHost, sshArguments } from './lab.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** What `npm install --omit=dev` would bring: npm itself says which packages these are. */
const productionPackages = async (): Promise<readonly string[]> => {
  const { stdout } = await run('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root })
  return stdout
    .trim()
    .split('\n')
    .map((path) => relative(root, path))
    .filter((path) => path.startsWith('node_modules/'))
}

const parts = ['bin', 'src', 'templates', 'playbooks', 'bundle/catalog.yaml', 'package.json']

const unpack = `
mkdir -p /opt/slipway && tar -xf - -C /opt/slipway &&
ln -sf /opt/slipway/node_modules/node/bin/node /usr/local/bin/node &&
ln -sf /opt/slipway/bin/slipway.js /usr/local/bin/slipway`

/** Files below a folder as a stream of tar over OpenSSH's client: nothing of it stays in this process. */
const streamTar = async (
  lab: Lab,
  host: string,
  {
    folder,
    files,
    unpack,
  }: { readonly folder: string; readonly files: readonly string[]; readonly unpack: string },
): Promise<void> => {
  const tar = spawn('tar', ['-cf', '-', '-C', folder, ...files], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [command = '', ...args] = [...sshArguments(lab, findHost(lab, host)), unpack]
  const ssh = spawn(command, args, { stdio: [tar.stdout, 'ignore', 'inherit'] })
  const [code] = await once(ssh, 'close')
  if (code !== 0) throw new Error(`could not carry files to ${host}: ssh ended with ${code}`)
}

export const carrySlipway = async (lab: Lab, host: string): Promise<void> => {
  const packages = await productionPackages()
  const files = [...parts, ...packages, 'node_modules/node/bin/node']
  await streamTar(lab, host, { folder: root, files, unpack })
}

/** All that a machine needs to look after the lab's cluster besides Slipway, at the paths that it has here. */
export const carryCluster = async (lab: Lab, host: string, bundle: string): Promise<void> => {
  const files = [dirname(lab.clusterFile), bundle].map((path) => relative('/', path))
  await streamTar(lab, host, { folder: '/', files, unpack: 'tar -xf - -C /' })
}

export const carryFile = async (lab: Lab, host: string, from: string, to: string): Promise<void> => {
  const cat = spawn('cat', [from], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [command = '', ...args] = [...sshArguments(lab, findHost(lab, host)), `cat >${to}`]
  const ssh = spawn(command, args, { stdio: [cat.stdout, 'ignore', 'inherit'] })
  const [code] = await once(ssh, 'close')
  if (code !== 0) throw new Error(`could not carry ${from} to ${host}: ssh ended with ${code}`)
}
