// The state of a run in the browser's own database, by the page's id: it survives a closed tab.
const DATABASE = 'detection-mlnet', TABLE = 'states';

const opened = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function used(mode, use) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(TABLE, mode), request = use(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** The state under an id; undefined where there is none, or where the browser keeps nothing (a private window). */
export const readState = id => used('readonly', table => table.get(id)).catch(() => undefined);

/** Keeps a state under an id; null removes it. */
export const writeState = (id, state) => used('readwrite', table => state ? table.put(state, id) : table.delete(id));
