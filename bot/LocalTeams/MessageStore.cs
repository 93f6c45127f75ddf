using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace DevOpsAI.LocalTeams;

/// <summary>
/// All messages, in memory for reading and in <c>local-teams.db</c> so that ids the bot knows stay valid over a restart or a kill.
/// A change returns only after it was handed to the operating system.
/// </summary>
internal sealed class MessageStore : IDisposable
{
    private readonly Lock gate = new();
    private readonly SqliteConnection connection;
    private readonly TimeProvider clock;
    private readonly List<string> order = [];
    private readonly Dictionary<string, Message> messages = [];
    private readonly Dictionary<string, string> flags = [];
    private long lastId;
    private bool disposed;

    public MessageStore(IConfiguration configuration, IHostEnvironment environment, TimeProvider clock)
    {
        this.clock = clock;
        var folder = Path.Combine(environment.ContentRootPath, configuration["Storage:Path"] ?? ".data");
        Directory.CreateDirectory(folder);
        connection = new SqliteConnection($"Data Source={Path.Combine(folder, "local-teams.db")};Pooling=False");
        connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;");
        Run("CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;");
        Run("CREATE TABLE IF NOT EXISTS flags (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;");
        Load();
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

    private void Load()
    {
        Read("SELECT name, value FROM flags", (name, value) => flags[name] = value);
        Read("SELECT id, json FROM messages ORDER BY length(id), id", (id, json) =>
        {
            messages[id] = JsonSerializer.Deserialize<Message>(json, JsonSerializerOptions.Web)
                ?? throw new InvalidDataException($"local-teams.db: message {id} is empty.");
            order.Add(id);
            lastId = long.Parse(id, CultureInfo.InvariantCulture);
        });
    }

    private void Save(Message message) =>
        Write("INSERT OR REPLACE INTO messages VALUES ($key, $value)", message.Id, JsonSerializer.Serialize(message, JsonSerializerOptions.Web));

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

    private void Read(string sql, Action<string, string> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
            row(reader.GetString(0), reader.GetString(1));
    }
}
