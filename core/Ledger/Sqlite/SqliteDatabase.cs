using System.Text;
using SQLitePCL;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>SQLite said no.</summary>
public sealed class LedgerFileException(int code, string message) : Exception(message)
{
    /// <summary>SQLite's primary result code.</summary>
    public int Code { get; } = code & 0xff;

    /// <summary>The file itself is damaged or is no database.</summary>
    public bool IsDamage => Code is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>The file was written by a version whose format is not known here; nothing follows from that about what is in it.</summary>
    public bool IsUnknownFormat => Code == 0;

    /// <summary>Of a file that some version wrote whose format this one does not know.</summary>
    internal static LedgerFileException UnknownFormat(string path, long? format, int known) =>
        new(0, $"{path} has format {format}; this version reads and writes format {known}. Use the version that wrote it; nothing was "
            + $"changed.");
}

/// <summary>
/// One connection, used by one thread at a time. The ledger talks to SQLite's own interface, because it moves
/// hundreds of thousands of rows a second and wants their bytes where they lie.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(2);

    private readonly sqlite3 handle;
    private readonly List<SqliteStatement> statements = [];

    private SqliteDatabase(sqlite3 handle) => this.handle = handle;

    /// <summary>Opens for reading and writing, creating the file when it is missing.</summary>
    /// <param name="timeout">How long to wait for others who write; two seconds unless given.</param>
    /// <exception cref="LedgerFileException">It cannot be opened.</exception>
    public static SqliteDatabase OpenToWrite(string path, TimeSpan? timeout = null) =>
        Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, timeout);

    /// <summary>Opens an existing file for reading.</summary>
    /// <exception cref="LedgerFileException">It cannot be opened.</exception>
    public static SqliteDatabase OpenToRead(string path) => Open(path, raw.SQLITE_OPEN_READONLY);

    /// <summary>Opens for reading a file that nobody writes to, without touching its folder.</summary>
    /// <exception cref="LedgerFileException">It cannot be opened.</exception>
    public static SqliteDatabase OpenUnchanging(string path) =>
        Open("file:" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal) + "?immutable=1",
            raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI);

    /// <summary>
    /// A private database for notes that are needed no longer than the process: what does not fit into its small cache is in a nameless
    /// temporary file.
    /// </summary>
    /// <exception cref="LedgerFileException">It cannot be opened.</exception>
    public static SqliteDatabase OpenTemporary() => Open("", raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);

    public void Execute(string sql)
    {
        Check(raw.sqlite3_exec(handle, sql));
    }

    /// <summary>A statement kept for many uses; closed with the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        var prepared = new SqliteStatement(this, statement);
        statements.Add(prepared);
        return prepared;
    }

    /// <summary>The first column of the first row of a query, or null when there is none.</summary>
    public long? Number(string sql)
    {
        Check(raw.sqlite3_prepare_v2(handle, sql, out var statement));
        using (statement)
        {
            var code = raw.sqlite3_step(statement);
            if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
                Check(code);
            return code == raw.SQLITE_ROW ? raw.sqlite3_column_int64(statement, 0) : null;
        }
    }

    /// <summary>A transaction has begun and neither ended nor been rolled back by SQLite itself.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(handle) == 0;

    public void Dispose()
    {
        foreach (var statement in statements)
            statement.Dispose();
        handle.Dispose();
    }

    internal void Check(int code)
    {
        if (code is not raw.SQLITE_OK)
            throw new LedgerFileException(
                code, $"{raw.sqlite3_errmsg(handle).utf8_to_string()} (SQLite {raw.sqlite3_extended_errcode(handle)})");
    }

    private static SqliteDatabase Open(string path, int flags, TimeSpan? timeout = null)
    {
        _ = SqliteLibrary.Description;
        var code = raw.sqlite3_open_v2(path, out var handle, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var database = new SqliteDatabase(handle);
        try
        {
            database.Check(code);
            raw.sqlite3_busy_timeout(handle, (int)(timeout ?? BusyTimeout).TotalMilliseconds);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}

/// <summary>A prepared statement. Parameters count from 1, columns from 0.</summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase database;
    private readonly sqlite3_stmt statement;

    internal SqliteStatement(SqliteDatabase database, sqlite3_stmt statement) => (this.database, this.statement) = (database, statement);

    public SqliteStatement Bind(int index, long value)
    {
        database.Check(raw.sqlite3_bind_int64(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> blob)
    {
        database.Check(raw.sqlite3_bind_blob(statement, index, blob));
        return this;
    }

    public SqliteStatement BindOrNull(int index, byte[]? blob)
    {
        if (blob is not null)
            return Bind(index, blob.AsSpan());
        database.Check(raw.sqlite3_bind_null(statement, index));
        return this;
    }

    public SqliteStatement Bind(int index, string text)
    {
        Span<byte> utf8 = stackalloc byte[256];
        if (Encoding.UTF8.TryGetBytes(text, utf8, out var length))
            return BindText(index, utf8[..length]);
        return BindText(index, Encoding.UTF8.GetBytes(text));
    }

    public SqliteStatement BindText(int index, ReadOnlySpan<byte> utf8)
    {
        // No bytes at all would be taken for NULL.
        database.Check(utf8.IsEmpty ? raw.sqlite3_bind_text(statement, index, "") : raw.sqlite3_bind_text(statement, index, utf8));
        return this;
    }

    /// <summary>Moves to the next row; false when there is none, after which the statement may be bound and used again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
            return true;
        // The reset also repeats the reason of a failed step.
        var reset = raw.sqlite3_reset(statement);
        database.Check(code == raw.SQLITE_DONE ? reset : code);
        return false;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Leaves a query before its end.</summary>
    public void Reset() => raw.sqlite3_reset(statement);

    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    /// <summary>The bytes of a text or blob, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public void Dispose() => statement.Dispose();
}
