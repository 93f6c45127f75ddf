using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>What the vendor really did once: the vendor's own count, in order.</summary>
/// <param name="By">The API token's connection, or who sat at the vendor's console.</param>
/// <param name="Console">Done by hand in the vendor's console.</param>
internal sealed record SandboxEffect(
    long Number, string OperationId, string Action, string TargetId, JsonNode? Arguments, string Detail, string At, string By = "",
    bool Console = false);

/// <summary>A part of the vendor's log.</summary>
/// <param name="Known">Whether the log still has the place it was asked to go on from.</param>
internal sealed record SandboxLogPart(IReadOnlyList<(SandboxEffect Effect, JsonObject? Thing)> Lines, string Next, bool More, bool Known);

/// <summary>
/// The simulated world on disk, <c>sandbox.db</c> in the storage folder. An action and its row in <c>effects</c> are one transaction:
/// what is counted has happened and what has happened is counted, also after <c>kill -9</c>.
/// </summary>
internal sealed class SandboxStore(IOptions<StorageOptions> storage, IHostEnvironment host, TimeProvider clock) : IDisposable
{
    private static readonly Lazy<JsonObject> Seed = new(ReadSeed);

    private readonly Lock gate = new();
    private SqliteConnection? open;

    /// <summary>
    /// Everything of a kind that has this name or principal name (case-insensitive); all of the kind when the name is null.
    /// </summary>
    public IReadOnlyList<JsonObject> Find(TenantId tenant, string kind, string? name) => With(tenant, connection =>
    {
        using var command = Command(
            connection,
            "SELECT json FROM documents WHERE tenant = $tenant AND kind = $kind AND ($name IS NULL OR name = $name COLLATE NOCASE OR "
            + "json_extract(json, '$.upn') = $name COLLATE NOCASE) ORDER BY id",
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
    public SandboxEffect Act(
        TenantId tenant, string operationId, string action, string targetId, JsonObject arguments, (string Name, bool Console) by,
        Func<JsonObject, string> change) => With(tenant, connection =>
    {
        using var transaction = connection.BeginTransaction();
        var kind = SandboxWorld.GetKind(action);
        var thing = Load(connection, tenant, kind, targetId)
            ?? throw new SandboxRefusal("not-found", $"There is no {kind} {targetId}.", 404);
        var detail = change(thing);
        Save(connection, tenant, kind, thing);
        var at = clock.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        using var command = Command(
            connection,
            "INSERT INTO effects (tenant, operation, action, target, arguments, detail, at, actor, console) VALUES ($tenant, $operation, "
            + "$action, $target, $arguments, $detail, $at, $actor, $console) RETURNING number",
            ("$tenant", tenant.Value), ("$operation", operationId), ("$action", action), ("$target", targetId),
            ("$arguments", arguments.ToJsonString()), ("$detail", detail), ("$at", at), ("$actor", by.Name),
            ("$console", by.Console ? "1" : "0"));
        var number = (long)command.ExecuteScalar()!;
        transaction.Commit();
        return new SandboxEffect(number, operationId, action, targetId, arguments, detail, at, by.Name, by.Console);
    });

    /// <summary>What was done after a place in the log, by whomever; without a place, the end of the log.</summary>
    public SandboxLogPart Log(TenantId tenant, string? after, int limit) => With(tenant, connection =>
    {
        var era = GetEra(connection, tenant);
        var dot = after?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        var known = dot > 0 && after![..dot] == era
            && long.TryParse(after.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        if (!known)
        {
            using var end =
                Command(connection, "SELECT coalesce(max(number), 0) FROM effects WHERE tenant = $tenant", ("$tenant", tenant.Value));
            return new SandboxLogPart([], $"{era}.{(long)end.ExecuteScalar()!}", false, after is null);
        }
        var place = after![(dot + 1)..];
        var effects = Select(connection, "number > CAST($after AS INTEGER)", limit + 1, ("$tenant", tenant.Value), ("$after", place));
        var lines = effects.Take(limit)
            .Select(effect => (effect, Load(connection, tenant, SandboxWorld.GetKind(effect.Action), effect.TargetId))).ToList();
        return new SandboxLogPart(lines, lines.Count == 0 ? after : $"{era}.{lines[^1].effect.Number}", effects.Count > limit, true);
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
        Select(connection, "($operation IS NULL OR operation = $operation)", -1, ("$tenant", tenant.Value), ("$operation", operationId)));

    /// <summary>Puts the tenant's world back to its beginning and forgets its effects.</summary>
    public void Reset(TenantId tenant) => With(tenant, connection =>
    {
        using var transaction = connection.BeginTransaction();
        using (var documents = Command(connection, "DELETE FROM documents WHERE tenant = $tenant", ("$tenant", tenant.Value)))
            documents.ExecuteNonQuery();
        using (var effects = Command(connection, "DELETE FROM effects WHERE tenant = $tenant", ("$tenant", tenant.Value)))
            effects.ExecuteNonQuery();
        using (var era =
            Command(connection, "INSERT INTO eras (tenant, era) VALUES ($tenant, 2) ON CONFLICT (tenant) DO UPDATE SET era = era + 1",
                ("$tenant", tenant.Value)))
            era.ExecuteNonQuery();
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
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "sandbox.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = Command(connection, """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            CREATE TABLE IF NOT EXISTS documents (
                tenant TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL,
                PRIMARY KEY (tenant, kind, id)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS effects (
                number INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, operation TEXT NOT NULL, action TEXT NOT NULL,
                target TEXT NOT NULL, arguments TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL);
            CREATE INDEX IF NOT EXISTS effects_of ON effects (tenant, operation);
            CREATE TABLE IF NOT EXISTS eras (tenant TEXT PRIMARY KEY, era INTEGER NOT NULL) WITHOUT ROWID;
            """);
        command.ExecuteNonQuery();
        // Files from before there was a log of who did what.
        using var columns = Command(connection, "SELECT count(*) FROM pragma_table_info('effects') WHERE name = 'actor'");
        if ((long)columns.ExecuteScalar()! == 0)
        {
            using var add =
                Command(connection,
                    "ALTER TABLE effects ADD COLUMN actor TEXT NOT NULL DEFAULT ''; ALTER TABLE effects ADD COLUMN console INTEGER NOT "
                    + "NULL DEFAULT 0;");
            add.ExecuteNonQuery();
        }
        return connection;
    }

    /// <summary>The log begins anew with every reset.</summary>
    private static string GetEra(SqliteConnection connection, TenantId tenant)
    {
        using var command = Command(connection, "SELECT era FROM eras WHERE tenant = $tenant", ("$tenant", tenant.Value));
        return (command.ExecuteScalar() as long? ?? 1).ToString(CultureInfo.InvariantCulture);
    }

    private static List<SandboxEffect> Select(
        SqliteConnection connection, string condition, int limit, params (string Name, string? Value)[] values)
    {
        using var command = Command(
            connection,
            "SELECT number, operation, action, target, arguments, detail, at, actor, console FROM effects "
            + $"WHERE tenant = $tenant AND {condition} ORDER BY number LIMIT {limit.ToString(CultureInfo.InvariantCulture)}",
            values);
        using var reader = command.ExecuteReader();
        var effects = new List<SandboxEffect>();
        while (reader.Read())
        {
            effects.Add(new(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), JsonNode.Parse(reader.GetString(4)),
                reader.GetString(5), reader.GetString(6), reader.GetString(7), reader.GetInt64(8) != 0));
        }
        return effects;
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
        using var command = Command(connection, "SELECT json FROM documents WHERE tenant = $tenant AND kind = $kind AND id = $id",
            ("$tenant", tenant.Value), ("$kind", kind), ("$id", id));
        return command.ExecuteScalar() is string json ? Parse(json) : null;
    }

    private static void Save(SqliteConnection connection, TenantId tenant, string kind, JsonObject thing)
    {
        using var command = Command(
            connection, "INSERT OR REPLACE INTO documents (tenant, kind, id, name, json) VALUES ($tenant, $kind, $id, $name, $json)",
            ("$tenant", tenant.Value), ("$kind", kind), ("$id", (string?)thing["id"]), ("$name", thing["name"]?.ToString() ?? ""),
            ("$json", thing.ToJsonString()));
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params (string Name, string? Value)[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every text is made of constants of this file
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
        using var stream = typeof(SandboxStore).Assembly.GetManifestResourceStream("Sandbox/seed.json")
            ?? throw new InvalidOperationException("The Sandbox's seed is missing from the build.");
        return JsonSerializer.Deserialize<JsonObject>(stream)!;
    }
}
