import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Passes everything on to a server, until it is cut, or stalls; it can be mended. */
export class Cable {
  private readonly sockets = new Set<Socket>();
  isCut = false;
  private isStalled = false;
  private constructor(private readonly server: Server) {}

  static async to(target: URL): Promise<Cable> {
    const server = createServer();
    const cable = new Cable(server);
    server.on('connection', (near) => {
      if (cable.isCut) return void near.destroy();
      const far = connect(Number(target.port), target.hostname);
      for (const [a, b] of [
        [near, far],
        [far, near],
      ] as const) {
        cable.sockets.add(a);
        a.on('error', () => b.destroy()).on('close', () => b.destroy() && cable.sockets.delete(a));
        a.on('data', (piece: Buffer) => {
          if (!cable.isStalled) b.write(piece);
        }).on('end', () => b.end());
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return cable;
  }

  through(target: URL): string {
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** What is sent is never heard of; connections stay. */
  stall(): void {
    this.isStalled = true;
  }

  /** Connections that lost something while it stalled are of no use any more. */
  mend(): void {
    if (this.isStalled) for (const socket of this.sockets) socket.destroy();
    this.isCut = this.isStalled = false;
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
