/** A piece of an address space and what is mapped there. */
export interface Mapping {
  readonly start: number;
  readonly end: number;
  /** Offset into the file of `start`. */
  readonly pageOffset: number;
  readonly file: string;
  readonly buildId: string | undefined;
}

/** Mappings of one address space, without overlaps, in order of address. */
export class AddressSpace {
  private mappings: Mapping[] = [];

  /** Maps a piece; what was mapped there before is replaced, as mmap does. */
  map(added: Mapping): void {
    const first = this.indexBehind(added.start);
    let last = first;
    const kept: Mapping[] = [];
    const from = Math.max(0, first - 1);
    for (last = from; last < this.mappings.length && this.mappings[last].start < added.end; last++) {
      const old = this.mappings[last];
      if (old.start < added.start) kept.push({ ...old, end: Math.min(old.end, added.start) });
    }
    kept.push(added);
    const cut = this.mappings[last - 1];
    if (last > from && cut !== undefined && cut.end > added.end) {
      kept.push({ ...cut, start: added.end, pageOffset: cut.pageOffset + (added.end - cut.start) });
    }
    this.mappings.splice(from, last - from, ...kept);
  }

  find(address: number): Mapping | undefined {
    const mapping = this.mappings[this.indexBehind(address) - 1];
    return mapping !== undefined && address < mapping.end ? mapping : undefined;
  }

  clone(): AddressSpace {
    const copy = new AddressSpace();
    copy.mappings = [...this.mappings];
    return copy;
  }

  /** Index of the first mapping that starts behind an address. */
  private indexBehind(address: number): number {
    let [low, high] = [0, this.mappings.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.mappings[middle].start <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Threads, their names and address spaces, as comm, mmap, fork and exit records tell. */
export class Machine {
  /** Names by thread. */
  private readonly comms = new Map<number, string>([[0, 'swapper']]);
  /** Address spaces by process. */
  private readonly spaces = new Map<number, AddressSpace>();
  /** The kernel and its modules, and what the kernel made at run time. */
  readonly kernel = new AddressSpace();

  comm(tid: number): string {
    return this.comms.get(tid) ?? `:${tid}`;
  }

  setComm(tid: number, comm: string): void {
    this.comms.set(tid, comm);
  }

  map(pid: number, mapping: Mapping): void {
    this.space(pid).map(mapping);
  }

  fork(pid: number, tid: number, parentPid: number, parentTid: number, executes: boolean): void {
    if (pid !== parentPid) this.spaces.set(pid, executes ? new AddressSpace() : this.space(parentPid).clone());
    const comm = this.comms.get(parentTid);
    if (comm === undefined) this.comms.delete(tid);
    else this.comms.set(tid, comm);
  }

  find(pid: number, address: number): Mapping | undefined {
    return this.spaces.get(pid)?.find(address);
  }

  private space(pid: number): AddressSpace {
    let space = this.spaces.get(pid);
    if (space === undefined) {
      space = new AddressSpace();
      this.spaces.set(pid, space);
    }
    return space;
  }
}
