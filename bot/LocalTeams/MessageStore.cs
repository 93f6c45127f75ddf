using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace DevOpsAI.LocalTeams;

/// <summary>
/// All messages, in memory for reading and in <c>local-teams.db</c> so that ids the bot knows stay valid over a restart or a kill.
/// A change returns only after it was handed to the operating system. A damaged file is set aside, since it is evidence of nothing.
/// </summary>
internal sealed partial class MessageStore : IDisposable
{
    private const string FileName = "local-teams.db";
    private const int NotADatabase = 26;
    private const int Corrupt = 11;

    /// <summary>The database itself and what SQLite keeps beside it.</summary>
    private static readonly string[] Files = ["", "-wal", "-shm"];

    private readonly Lock gate = new();
    private readonly SqliteConnection connection;
    private readonly TimeProvider clock;
    private readonly List<string> order = [];
    private readonly Dictionary<string, Message> messages = [];
    private readonly Dictionary<string, string> flags = [];
    private long lastId;
    private bool disposed;

    /// <exception cref="IOException">The file can be neither used nor set aside.</exception>
    public MessageStore(IConfiguration configuration, IHostEnvironment environment, TimeProvider clock, ILogger<MessageStore> logger)
    {
        this.clock = clock;
        var path = Path.Combine(environment.ContentRootPath, configuration["Storage:Path"] ?? ".data", FileName);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        connection = new SqliteConnection($"Data Source={path};Pooling=False");
        try
        {
            try
            {
                Open();
            }
            catch (Exception damage) when (IsDamage(damage))
            {
                connection.Close();
                LogSetAside(logger, damage.Message, SetAside(path));
                Open();
            }
        }
        catch (SqliteException cannot)
        {
            connection.Dispose();
            throw new IOException(
                $"{path} cannot be used: {cannot.Message} Give the bot's account the right to write it, or move it away: Local Teams then "
                + "begins anew, and no evidence is lost.",
                cannot);
        }
    }

    /// <summary>Stores a new message under a fresh id.</summary>
    /// <param name="compose">Gets the id.</param>
    public Message Add(Func<string, DateTimeOffset, Message> compose)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            lastId = Math.Max(lastId + 1, now.ToUnixTimeMilliseconds());
            var message = compose(lastId.ToString(CultureInfo.InvariantCulture), now);
            Save(message);
            messages.Add(message.Id, message);
            order.Add(message.Id);
            return message;
        }
    }

    /// <summary>Null when the place has no such message.</summary>
    public Message? Change(string place, string id, Func<Message, Message> change)
    {
        lock (gate)
        {
            if (!messages.TryGetValue(id, out var message) || message.Place != place)
                return null;
            var changed = change(message);
            Save(changed);
            return messages[id] = changed;
        }
    }

    public Message? Find(string place, string id)
    {
        lock (gate)
            return messages.TryGetValue(id, out var message) && message.Place == place ? message : null;
    }

    /// <summary>The messages of a place, oldest first.</summary>
    public IReadOnlyList<Message> In(string place)
    {
        lock (gate)
            return [.. order.Select(id => messages[id]).Where(message => message.Place == place)];
    }

    public string? Flag(string name)
    {
        lock (gate)
            return flags.GetValueOrDefault(name);
    }

    public void SetFlag(string name, string value)
    {
        lock (gate)
        {
            Write("INSERT OR REPLACE INTO flags VALUES ($key, $value)", name, value);
            flags[name] = value;
        }
    }

    /// <summary>Waits for a change that is being written; one that comes after finds the store closed.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            connection.Dispose();
        }
    }

    private void Open()
    {
        messages.Clear();
        flags.Clear();
        order.Clear();
        connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;");
        Run("CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;");
        Run("CREATE TABLE IF NOT EXISTS flags (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;");
        Load();
    }

    private static bool IsDamage(Exception failure) =>
        failure is SqliteException { SqliteErrorCode: NotADatabase or Corrupt } or JsonException or InvalidDataException or FormatException;

    /// <summary>With what SQLite keeps beside it, which belongs to no other file.</summary>
    /// <returns>The new name.</returns>
    private string SetAside(string path)
    {
        var aside = $"{path}.damaged-{clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}";
        foreach (var part in Files.Where(part => File.Exists(path + part)))
            File.Move(path + part, aside + part, overwrite: true);
        return Path.GetFileName(aside);
    }

    private void Load()
    {
        Read("SELECT name, value FROM flags", (name, value) => flags[name] = value);
        Read("SELECT id, json FROM messages ORDER BY length(id), id", (id, json) =>
        {
            messages[id] = JsonSerializer.Deserialize<Message>(json, JsonSerializerOptions.Web)
                ?? throw new InvalidDataException($"message {id} is empty.");
            order.Add(id);
            lastId = long.Parse(id, CultureInfo.InvariantCulture);
        });
    }

    private void Save(Message message) =>
        Write("INSERT OR REPLACE INTO messages VALUES ($key, $value)", message.Id,
            JsonSerializer.Serialize(message, JsonSerializerOptions.Web));

    private void Run(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Write(string sql, string key, string value)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$key", key);
        command.Parameters.AddWithValue("$value", value);
        command.ExecuteNonQuery();
    }

    [LoggerMessage(
        EventId = 7108, Level = LogLevel.Warning,
        Message = "Local Teams: local-teams.db is damaged ({Damage}) and was set aside as {Aside}; "
        + "messages of before are not shown any more, the record of the bot is not concerned")]
    private static partial void LogSetAside(ILogger logger, string damage, string aside);

    private void Read(string sql, Action<string, string> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            row(reader.GetString(0), reader.GetString(1));
    }
}
