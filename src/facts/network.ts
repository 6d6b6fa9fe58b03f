/**
 * Reads what the kernel shows of its network. Takes lines of /proc/net/route, tcp, tcp6 and fib_trie; gives addresses, routes
 * and listening ports. Numbers there are in the machine's byte order, which is little-endian on amd64 and arm64.
 */
import type { HostFacts } from './types.ts'

/** `eth0  000200C0  00000000  0001  0  0  0  00FFFFFF …`: interface, destination, gateway, flags, …, mask in the eighth column. */
export const parseRoutes = (lines: readonly string[]): HostFacts['routes'] =>
  lines.slice(1).flatMap((line) => {
    const [device, destination, , , , , , mask] = line.trim().split(/\s+/)
    if (device === undefined || destination === undefined || mask === undefined) return []
    return [{ destination: `${dottedQuad(destination)}/${bitsSet(mask)}`, interface: device }]
  })

/** `0: 0100007F:18EB 00000000:0000 0A …`: slot, local address and port, peer, state. The script sends listening sockets only. */
export const parseListening = (lines: readonly string[]): HostFacts['listening'] =>
  lines.flatMap((line) => {
    const [address, port] = (line.trim().split(/\s+/)[1] ?? '').split(':')
    if (address === undefined || port === undefined) return []
    return [{ address: socketAddress(address), port: Number.parseInt(port, 16) }]
  })

/** Every `/32 host LOCAL` stands under the line that has its address: `|-- 192.0.2.2`. */
export const parseAddresses = (lines: readonly string[]): HostFacts['addresses'] => {
  const found = lines.flatMap((line) => /\|-- (\d+\.\d+\.\d+\.\d+)/.exec(line)?.[1] ?? [])
  return [...new Set(found)].filter((address) => !address.startsWith('127.'))
}

const dottedQuad = (littleEndianHex: string): string =>
  [6, 4, 2, 0].map((at) => Number.parseInt(littleEndianHex.slice(at, at + 2), 16)).join('.')

const bitsSet = (hex: string): number => Number.parseInt(hex, 16).toString(2).replaceAll('0', '').length

const socketAddress = (hex: string): string => {
  if (hex.length === 8) return dottedQuad(hex)
  if (/^0+$/.test(hex)) return '::'
  const mapped = /^0{16}FFFF0000([0-9A-F]{8})$/i.exec(hex)?.[1]
  if (mapped !== undefined) return dottedQuad(mapped)
  return ipv6(hex)
}

/** Four 32-bit words, each with its bytes turned round. Written out in full: it is only shown. */
const ipv6 = (hex: string): string => {
  const words = hex.match(/.{8}/g) ?? []
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse())
  const groups = bytes.join('').toLowerCase().match(/.{4}/g) ?? []
  return groups
    .map((group) => group.replace(/^0{1,3}/, ''))
    .join(':')
    .replace(/^(0:){7}/, '::')
}
