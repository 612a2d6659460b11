// Command counterfoil is the post-purchase desk for Klarna payments through Stripe: one binary, one database file.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Exit codes: 0 done, 1 it failed, 2 it could not begin (a wrong flag, a port in use, an unreadable folder, a newer database).
const (
	exitFailed   = 1
	exitCouldNot = 2
)

// cannotBegin marks an error that leaves everything as it was: exit code 2.
type cannotBegin struct{ error }

func (e cannotBegin) Unwrap() error { return e.error }

// commands is the command line.
type commands struct {
	Demo    demoCmd    `cmd:"" help:"Start everything with a simulated Stripe and a shop of believable orders. Needs no key."`
	Serve   serveCmd   `cmd:"" help:"Start the desk on a real Stripe account, configured by the environment."`
	Migrate migrateCmd `cmd:"" help:"Bring the database to this binary's schema."`
	Sync    syncCmd    `cmd:"" help:"Read the account's objects from Stripe into the mirror. Twice changes nothing; broken off, it goes on."`
	Doctor  doctorCmd  `cmd:"" help:"Check configuration, database, its sums and the Stripe account, and say what is wrong."`
	Backup  backupCmd  `cmd:"" help:"Write the database to FILE while the desk runs, and prove the copy."`
	Restore restoreCmd `cmd:"" help:"Put a backup in the database's place. The desk must not run."`
	User    userCmd    `cmd:"" help:"Add, reset or disable an account."`
	Config  configCmd  `cmd:"" help:"List settings: names, defaults, present values; secrets hidden."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// streams are where a command writes: results to out, everything else to err.
type streams struct{ out, err io.Writer }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli,
		kong.Name("counterfoil"),
		kong.Description("The post-purchase desk for merchants who take Klarna payments through Stripe."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{stdout, stderr}),
	)
	if err != nil {
		return say(stderr, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		return say(stderr, cannotBegin{err})
	}
	if err := parsed.Run(); err != nil {
		return say(stderr, err)
	}
	return 0
}

// say writes one clear line and gives the exit code.
func say(w io.Writer, err error) int {
	fmt.Fprintf(w, "counterfoil: %s\n", oneLine(err))
	var c cannotBegin
	if errors.As(err, &c) {
		return exitCouldNot
	}
	return exitFailed
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, "counterfoil", version())
	return err
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
