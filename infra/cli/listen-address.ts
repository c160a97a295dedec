import type { ListenAddress } from '../temporal/health-server.ts';
import { UsageError } from './exit-codes.ts';

/** `8080`, `0.0.0.0:8080` or `[::1]:8080`; on loopback when only a port is given. @throws UsageError */
export function listenAddress(text: string, flag: string): ListenAddress {
  const [, bracketed, plain, port] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > 65_535) throw new UsageError(`${flag} is ${text}: expected a port, or HOST:PORT such as 127.0.0.1:8080`);
  return { host: bracketed ?? plain ?? '127.0.0.1', port: Number(port) };
}
