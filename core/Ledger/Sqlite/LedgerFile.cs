namespace DevOpsAI.Ledger.Sqlite;

/// <summary>The file <c>ledger.db</c>: every tenant's entries, the head of each tenant's tree, and the subscriptions' cursors.</summary>
public static class LedgerFile
{
    public const string Name = "ledger.db";

    /// <summary>Held by the one process that may append.</summary>
    public const string LockName = "ledger.lock";

    private const int SchemaVersion = 2;

    /// <summary>
    /// <c>body</c> is the canonical entry as it was hashed, <c>leaf</c> its RFC 6962 hash; the other columns repeat what is in it, to find
    /// it by. <c>sealed</c> is what is kept encrypted beside an entry, null for most. Rows are in the order of appending, so that the
    /// newest lie together and a verifier reads the table from front to back.
    /// </summary>
    private const string Schema = """
        CREATE TABLE entries(
            id INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            seq INTEGER NOT NULL,
            stream TEXT NOT NULL,
            version INTEGER NOT NULL,
            leaf BLOB NOT NULL,
            body BLOB NOT NULL,
            sealed BLOB);
        CREATE UNIQUE INDEX entries_by_seq ON entries(tenant, seq);
        CREATE UNIQUE INDEX entries_by_stream ON entries(tenant, stream, version);
        CREATE TABLE heads(
            tenant TEXT NOT NULL PRIMARY KEY,
            size INTEGER NOT NULL,
            root BLOB NOT NULL,
            range BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE cursors(
            follower TEXT NOT NULL,
            tenant TEXT NOT NULL,
            seq INTEGER NOT NULL,
            PRIMARY KEY(follower, tenant)) WITHOUT ROWID;
        PRAGMA user_version = 2;
        """;

    /// <summary>Opens the one connection that writes, creating the file when it is missing. A commit survives a power cut.</summary>
    /// <exception cref="LedgerFileException">It cannot be opened, or was written by a newer version.</exception>
    public static SqliteDatabase OpenToWrite(string path)
    {
        DatabaseHeader.MustBeOurs(path);
        var database = SqliteDatabase.OpenToWrite(path);
        try
        {
            database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA cache_size = -65536;");
            switch (GetFormat(database))
            {
                case SchemaVersion:
                    return database;
                case 1:
                    database.Execute("BEGIN IMMEDIATE; ALTER TABLE entries ADD COLUMN sealed BLOB; PRAGMA user_version = 2; COMMIT;");
                    return database;
                case 0:
                    database.Execute("BEGIN IMMEDIATE; " + Schema + " COMMIT;");
                    return database;
                case var version:
                    throw LedgerFileException.UnknownFormat(path, version, SchemaVersion);
            }
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens for reading beside a running bot, or a copy, or a copy on a medium that cannot be written.
    /// Null when there is no ledger at <paramref name="path"/>.
    /// </summary>
    /// <exception cref="LedgerFileException">There is one, but it cannot be read, or was written by a newer version.</exception>
    public static SqliteDatabase? OpenToRead(string path) => OpenToRead(path, SchemaVersion);

    /// <summary>As <see cref="OpenToRead(string)"/>, for another file that is kept in the same way.</summary>
    /// <param name="newest">The newest format of it that is known here.</param>
    internal static SqliteDatabase? OpenToRead(string path, int newest)
    {
        if (!File.Exists(path))
            return null;
        DatabaseHeader.MustBeOurs(path);
        try
        {
            return Probed(SqliteDatabase.OpenToRead(path), path, newest);
        }
        catch (LedgerFileException failure) when (failure.Code is SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_READONLY)
        {
            // SQLite wants to put its shared memory beside the file. Where it cannot, nobody else writes there either.
            return HasLog(path) ? OpenCopy(path, newest) : Probed(SqliteDatabase.OpenUnchanging(path), path, newest);
        }
    }

    /// <summary>
    /// What is wrong with a ledger that no bot holds, so that entries are lost although SQLite reads on without a word: its write-ahead
    /// log, or its length. Null when nothing is.
    /// </summary>
    public static string? FindLoss(string path)
    {
        if (WriteAheadLog.FindDamage(path + "-wal") is { } damage)
            return IsHeld(path) ? null : $"the write-ahead log is damaged ({damage}), newer entries cannot be read";
        return !HasLog(path) && DatabaseHeader.FindWrongLength(path) is { } wrong && !IsHeld(path) ? $"the file is damaged: {wrong}" : null;
    }

    private static bool IsHeld(string path)
    {
        var held = Path.Combine(Path.GetDirectoryName(path)!, LockName);
        try
        {
            using var probe = File.Exists(held) ? new FileStream(held, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : null;
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    internal static bool HasLog(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };

    private static SqliteDatabase OpenCopy(string path, int newest)
    {
        var folder = Directory.CreateTempSubdirectory("ledger-");
        try
        {
            var copy = Path.Combine(folder.FullName, Name);
            File.Copy(path, copy);
            File.Copy(path + "-wal", copy + "-wal");
            return Probed(SqliteDatabase.OpenToRead(copy), path, newest);
        }
        finally
        {
            // What is open stays readable where the system allows it; elsewhere the temporary folder outlives us.
            if (!OperatingSystem.IsWindows())
                folder.Delete(recursive: true);
        }
    }

    /// <summary>As the header says, which must not be earlier than what is in the file.</summary>
    private static long GetFormat(SqliteDatabase database)
    {
        var format = database.Number("PRAGMA user_version") ?? 0;
        var since = format switch
        {
            0 => "tenant",
            1 => "sealed",
            _ => null,
        };
        if (since is not null && database.Number($"SELECT count(*) FROM pragma_table_info('entries') WHERE name = '{since}'") > 0)
        {
            throw new LedgerFileException(
                SQLitePCL.raw.SQLITE_NOTADB, $"its header is damaged: it names format {format}, its tables are of a later one");
        }
        return format;
    }

    private static SqliteDatabase Probed(SqliteDatabase database, string path, int newest)
    {
        try
        {
            _ = database.Number("SELECT count(*) FROM sqlite_master");
            var format = GetFormat(database);
            return format >= 0 && format <= newest ? database : throw LedgerFileException.UnknownFormat(path, format, newest);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
