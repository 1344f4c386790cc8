// The copies on this device, in IndexedDB: one for each window that has words which the server has not confirmed.
const writing = (globalThis.writing ??= {});

const NAME = "talehouse-writing";
const promised = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened = null;
const database = () => (opened ??= new Promise((resolve, reject) => {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("copies", { keyPath: "id" }).createIndex("part", "part");
  asked.onsuccess = () => {
    asked.result.onversionchange = () => { asked.result.close(); opened = null; };
    resolve(asked.result);
  };
  asked.onerror = () => reject(asked.error);
  asked.onblocked = () => reject(new Error("blocked"));
}).catch((error) => { opened = null; throw error; }));

// Resolves when it is on the disk: an answer of the request alone would be too early.
const change = async (act) => {
  const transaction = (await database()).transaction("copies", "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error || new DOMException("", "QuotaExceededError"));
  });
  act(transaction.objectStore("copies"));
  transaction.commit?.();
  return done;
};

writing.store = {
  put: (copy) => change((copies) => copies.put(copy)),
  remove: (id) => change((copies) => copies.delete(id)),
  // Mine of this part, the newest first. Those of another person on this device are not even looked at.
  async of(part, owner) {
    const copies = (await database()).transaction("copies").objectStore("copies").index("part");
    const found = await promised(copies.getAll(part));
    return found.filter((copy) => copy.owner === owner).sort((one, other) => other.at - one.at);
  },
};

// The windows that have this part open talk to each other, so that none takes another's copy for a lost one.
writing.windows = (part, tab) => {
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : null;
  const heard = new Set();
  let called = () => {};
  channel?.addEventListener("message", ({ data }) => {
    if (data.part !== part || data.tab === tab) return;
    if (data.asks) channel.postMessage({ part, tab });
    heard.add(data.tab);
    called();
  });
  channel?.postMessage({ part, tab, asks: true });
  return {
    others: async () => {
      await new Promise((resolve) => { setTimeout(resolve, channel ? 250 : 0); });
      return heard;
    },
    onOther: (act) => { called = act; if (heard.size) act(); },
  };
};
