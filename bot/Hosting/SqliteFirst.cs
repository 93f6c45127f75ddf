using System.Runtime.CompilerServices;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// Chooses the SQLite library before anything in this assembly opens a database. Local Teams opens its own without knowing of the ledger;
/// two libraries in one process, bound function by function, end it with a segmentation fault.
/// </summary>
internal static class SqliteFirst
{
    [ModuleInitializer]
    internal static void Choose() => _ = SqliteLibrary.Description;
}
