using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>What the vendor really did once: the vendor's own count, in order.</summary>
internal sealed record SandboxEffect(long Number, string OperationId, string Action, string TargetId, JsonNode? Arguments, string Detail, string At);

/// <summary>
/// The simulated world on disk, <c>sandbox.db</c> in the storage folder. An action and its row in <c>effects</c> are one transaction:
/// what is counted has happened and what has happened is counted, also after <c>kill -9</c>.
/// </summary>
internal sealed class SandboxStore(IOptions<StorageOptions> storage, IHostEnvironment host, TimeProvider clock) : IDisposable
{
    private static readonly Lazy<JsonObject> Seed = new(ReadSeed);

    private readonly Lock gate = new();
    private SqliteConnection? open;

    /// <summary>Everything of a kind that has this name or principal name (case-insensitive); all of the kind when the name is null.</summary>
    public IReadOnlyList<JsonObject> Find(TenantId tenant, string kind, string? name) => With(tenant, connection =>
    {
        using var command = Command(
            connection,
            "SELECT json FROM documents WHERE tenant = $tenant AND kind = $kind AND ($name IS NULL OR name = $name COLLATE NOCASE OR json_extract(json, '$.upn') = $name COLLATE NOCASE) ORDER BY id",
            ("$tenant", tenant.Value), ("$kind", kind), ("$name", name));
        using var reader = command.ExecuteReader();
        var found = new List<JsonObject>();
        while (reader.Read())
            found.Add(Parse(reader.GetString(0)));
        return found;
    });

    public JsonObject? Get(TenantId tenant, string kind, string id) => With(tenant, connection => Load(connection, tenant, kind, id));

    /// <summary>Changes one thing and counts one effect, or neither.</summary>
    /// <exception cref="SandboxRefusal">There is no such thing, or it cannot be done.</exception>
    public SandboxEffect Act(TenantId tenant, string operationId, string action, string targetId, JsonObject arguments, Func<JsonObject, string> change) => With(tenant, connection =>
    {
        using var transaction = connection.BeginTransaction();
        var kind = SandboxWorld.KindOf(action);
        var thing = Load(connection, tenant, kind, targetId) ?? throw new SandboxRefusal("not-found", $"There is no {kind} {targetId}.", 404);
        var detail = change(thing);
        Save(connection, tenant, kind, thing);
        var at = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        using var command = Command(
            connection,
            "INSERT INTO effects (tenant, operation, action, target, arguments, detail, at) VALUES ($tenant, $operation, $action, $target, $arguments, $detail, $at) RETURNING number",
            ("$tenant", tenant.Value), ("$operation", operationId), ("$action", action), ("$target", targetId), ("$arguments", arguments.ToJsonString()), ("$detail", detail), ("$at", at));
        var number = (long)command.ExecuteScalar()!;
        transaction.Commit();
        return new SandboxEffect(number, operationId, action, targetId, arguments, detail, at);
    });

    /// <summary>Changes the world by hand, as RFC 7386 merges. No effect is counted.</summary>
    public JsonObject? Merge(TenantId tenant, string kind, string id, JsonObject patch) => With(tenant, connection =>
    {
        using var transaction = connection.BeginTransaction();
        if (Load(connection, tenant, kind, id) is not { } thing)
            return null;
        Merge(thing, patch);
        thing["id"] = id;
        Save(connection, tenant, kind, thing);
        transaction.Commit();
        return thing;
    });

    public IReadOnlyList<SandboxEffect> Effects(TenantId tenant, string? operationId) => With(tenant, connection =>
    {
        using var command = Command(
            connection,
            "SELECT number, operation, action, target, arguments, detail, at FROM effects WHERE tenant = $tenant AND ($operation IS NULL OR operation = $operation) ORDER BY number",
            ("$tenant", tenant.Value), ("$operation", operationId));
        using var reader = command.ExecuteReader();
        var effects = new List<SandboxEffect>();
        while (reader.Read())
            effects.Add(new(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), JsonNode.Parse(reader.GetString(4)), reader.GetString(5), reader.GetString(6)));
        return effects;
    });

    /// <summary>Puts the tenant's world back to its beginning and forgets its effects.</summary>
    public void Reset(TenantId tenant) => With(tenant, connection =>
    {
        using var transaction = connection.BeginTransaction();
        using (var documents = Command(connection, "DELETE FROM documents WHERE tenant = $tenant", ("$tenant", tenant.Value)))
            documents.ExecuteNonQuery();
        using (var effects = Command(connection, "DELETE FROM effects WHERE tenant = $tenant", ("$tenant", tenant.Value)))
            effects.ExecuteNonQuery();
        Fill(connection, tenant);
        transaction.Commit();
        return true;
    });

    public void Dispose()
    {
        lock (gate)
            open?.Dispose();
    }

    private T With<T>(TenantId tenant, Func<SqliteConnection, T> use)
    {
        lock (gate)
        {
            var connection = open ??= Open();
            using (var count = Command(connection, "SELECT count(*) FROM documents WHERE tenant = $tenant", ("$tenant", tenant.Value)))
            {
                if ((long)count.ExecuteScalar()! == 0)
                {
                    using var transaction = connection.BeginTransaction();
                    Fill(connection, tenant);
                    transaction.Commit();
                }
            }
            return use(connection);
        }
    }

    private SqliteConnection Open()
    {
        _ = SqliteLibrary.Description;
        var folder = Path.GetFullPath(storage.Value.Path, host.ContentRootPath);
        Directory.CreateDirectory(folder);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "sandbox.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = Command(connection, """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            CREATE TABLE IF NOT EXISTS documents (tenant TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (tenant, kind, id)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS effects (number INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, operation TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, arguments TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL);
            CREATE INDEX IF NOT EXISTS effects_of ON effects (tenant, operation);
            """);
        command.ExecuteNonQuery();
        return connection;
    }

    private static void Fill(SqliteConnection connection, TenantId tenant)
    {
        var world = (Seed.Value[tenant.Value] ?? Seed.Value["*"])!.AsObject();
        foreach (var (kind, things) in world.Where(pair => pair.Value is JsonArray))
        {
            foreach (var thing in things!.AsArray())
            {
                var copy = thing!.DeepClone().AsObject();
                copy["client"] = (string?)world["client"];
                Save(connection, tenant, kind, copy);
            }
        }
    }

    private static JsonObject? Load(SqliteConnection connection, TenantId tenant, string kind, string id)
    {
        using var command = Command(connection, "SELECT json FROM documents WHERE tenant = $tenant AND kind = $kind AND id = $id", ("$tenant", tenant.Value), ("$kind", kind), ("$id", id));
        return command.ExecuteScalar() is string json ? Parse(json) : null;
    }

    private static void Save(SqliteConnection connection, TenantId tenant, string kind, JsonObject thing)
    {
        using var command = Command(
            connection, "INSERT OR REPLACE INTO documents (tenant, kind, id, name, json) VALUES ($tenant, $kind, $id, $name, $json)",
            ("$tenant", tenant.Value), ("$kind", kind), ("$id", (string?)thing["id"]), ("$name", thing["name"]?.ToString() ?? ""), ("$json", thing.ToJsonString()));
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, string? Value)[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every text is a constant of this file
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, (object?)value ?? DBNull.Value);
        return command;
    }

    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (name, value) in patch.ToList())
        {
            if (value is null)
                into.Remove(name);
            else if (value is JsonObject part && into[name] is JsonObject existing)
                Merge(existing, part);
            else
                into[name] = value.DeepClone();
        }
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject ReadSeed()
    {
        using var stream = typeof(SandboxStore).Assembly.GetManifestResourceStream("Sandbox/seed.json") ?? throw new InvalidOperationException("The Sandbox's seed is missing from the build.");
        return JsonSerializer.Deserialize<JsonObject>(stream)!;
    }
}
