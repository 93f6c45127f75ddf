using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// Decides once which SQLite this process uses: the packaged one, unless the operating system's is newer, so that an update of the system
/// helps before an update of the bot does.
/// </summary>
public static class SqliteLibrary
{
    private static readonly Lazy<string> Chosen = new(Choose);

    private delegate int VersionNumber();

    /// <summary>What is in use, as in <c>SQLite 3.53.4 (packaged)</c>. The first call loads it.</summary>
    public static string Description => Chosen.Value;

    private static Assembly Provider => typeof(SQLite3Provider_e_sqlite3).Assembly;

    /// <summary>The version that the package carries for this platform, as SQLite numbers it; 0 when it carries none.</summary>
    internal static int PackagedVersion()
    {
        if (!NativeLibrary.TryLoad("e_sqlite3", Provider, null, out var handle))
            return 0;
        var version = GetVersion(handle);
        NativeLibrary.Free(handle);
        return version;
    }

    private static string Choose()
    {
        var packaged = PackagedVersion();
        var (handle, name) = Candidates()
            .Select(candidate => (Handle: LoadNewer(candidate, packaged), candidate))
            .FirstOrDefault(static found => found.Handle != 0);
        if (handle != 0)
            NativeLibrary.SetDllImportResolver(Provider, (library, _, _) => library == "e_sqlite3" ? handle : 0);
        Batteries_V2.Init();
        return $"SQLite {raw.sqlite3_libversion().utf8_to_string()} ({name ?? "packaged"})";
    }

    private static IEnumerable<string> Candidates()
    {
        if (OperatingSystem.IsWindows())
            return ["winsqlite3"];
        return OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"] : ["libsqlite3.so.0", "libsqlite3.so"];
    }

    private static nint LoadNewer(string name, int packaged)
    {
        if (!NativeLibrary.TryLoad(name, Assembly.GetExecutingAssembly(), DllImportSearchPath.SafeDirectories, out var handle))
            return 0;
        if (GetVersion(handle) > packaged)
            return handle;
        NativeLibrary.Free(handle);
        return 0;
    }

    private static int GetVersion(nint library) => NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var export)
        ? Marshal.GetDelegateForFunctionPointer<VersionNumber>(export)()
        : 0;
}
