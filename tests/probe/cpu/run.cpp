// Runs a kernel on a CPU: a fiber for each thread of a block, one block after another.
//
// run ORDER SEED GRIDx GRIDy BLOCK SHARED_BYTES FILE...: the files are the kernel's arguments; the last is written back.
// ORDER is forward or reverse, one warp after the other, or shuffled, all threads of the block mixed.
// Shared memory starts as NaNs.
// Stops with a sentence where threads wait at different barriers, leave others waiting, or wait for ever.
// Compiled without the address sanitizer, whose hooks do not know fibers; the kernel itself is compiled with it.
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <ucontext.h>
#include <vector>

struct dim3 { unsigned x, y, z; };
extern "C" void launch_kernel(void** arguments);
extern "C" const char* __asan_default_options() { return "detect_leaks=0:detect_stack_use_after_return=0"; }

namespace cpu {
dim3 block_index, block_size, grid_size;
unsigned thread;

namespace {
enum class State { ready, at_barrier, at_exchange, done };
constexpr unsigned LANES = 32, MOST_BYTES = 64, STACK = 256 << 10;

struct Fiber {
    void* at[5];
    State state = State::done;
    int line = 0;
    bool odd = false;
};

void* scheduler[5];
std::vector<Fiber> fibers;
unsigned char* shared_memory;
unsigned shared_size;
void** arguments;
// What the lanes of each warp exchange: two sets, so that one can be read while the next is written.
std::vector<unsigned char> slots;

[[noreturn]] void stop(const char* text, ...) {
    std::va_list values;
    va_start(values, text);
    std::vfprintf(stderr, text, values);
    std::fputc('\n', stderr);
    std::exit(3);
}

__attribute__((noinline, noreturn)) void jump(void** to) { __builtin_longjmp(to, 1); }

__attribute__((noinline)) void wait(State state, int line) {
    Fiber& mine = fibers[thread];
    mine.state = state;
    mine.line = line;
    if (!__builtin_setjmp(mine.at)) jump(scheduler);
}

void live() {
    for (;;) {
        launch_kernel(arguments);
        wait(State::done, 0);
    }
}

__attribute__((noinline)) void resume(unsigned which) {
    thread = which;
    if (!__builtin_setjmp(scheduler)) jump(fibers[which].at);
}

ucontext_t outside;

void first_breath() {
    if (!__builtin_setjmp(fibers[thread].at)) {
        static ucontext_t unused;
        swapcontext(&unused, &outside);
    }
    live();
}

void create() {
    fibers.resize(block_size.x);
    for (thread = 0; thread < block_size.x; ++thread) {
        ucontext_t inside;
        getcontext(&inside);
        inside.uc_stack = {std::malloc(STACK), 0, STACK};
        inside.uc_link = nullptr;
        makecontext(&inside, first_breath, 0);
        swapcontext(&outside, &inside);
    }
}

// Lets a warp or a block go on that has gathered; says whether it has.
bool release(unsigned from, unsigned to, State state) {
    for (unsigned i = from; i < to; ++i) {
        if (fibers[i].state != state) return false;
        if (fibers[i].line != fibers[from].line) {
            stop("threads %u and %u wait at lines %d and %d", from, i, fibers[from].line, fibers[i].line);
        }
    }
    for (unsigned i = from; i < to; ++i) fibers[i].state = State::ready;
    return true;
}

bool warp_gathered(unsigned warp) {
    return release(warp, std::min(warp + LANES, block_size.x), State::at_exchange);
}

bool gathered() {
    bool any = release(0, block_size.x, State::at_barrier);
    for (unsigned warp = 0; warp < block_size.x; warp += LANES) any |= warp_gathered(warp);
    return any;
}

void resume_ready(const std::vector<unsigned>& order, size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) {
        if (fibers[order[i]].state == State::ready) resume(order[i]);
    }
}

// Each warp goes as far as it can before the next one moves: the hardest order for a barrier that is missing.
void run_warps(const std::vector<unsigned>& order) {
    for (size_t from = 0; from < order.size(); from += LANES) {
        do resume_ready(order, from, std::min<size_t>(from + LANES, order.size()));
        while (warp_gathered(order[from] / LANES * LANES));
    }
}

void stuck() {
    for (unsigned i = 0; i < block_size.x; ++i) {
        if (fibers[i].state != State::done) stop("thread %u waits at line %d for ever", i, fibers[i].line);
    }
}

void run_block(std::vector<unsigned>& order, bool shuffled, std::mt19937& random) {
    // Threads that read what nobody wrote get NaNs.
    std::memset(shared_memory, 0xff, shared_size);
    for (Fiber& each : fibers) each.state = State::ready;
    do {
        if (shuffled) {
            std::shuffle(order.begin(), order.end(), random);
            resume_ready(order, 0, order.size());
        } else {
            run_warps(order);
        }
    } while (gathered());
    stuck();
}
}  // namespace

unsigned char* shared() { return shared_memory; }
void barrier(int line) { wait(State::at_barrier, line); }

const void* exchange(const void* mine, unsigned size, int line) {
    if (size > MOST_BYTES) stop("an exchange of %u bytes", size);
    const unsigned warp = thread / LANES;
    unsigned char* set = &slots[(warp * 2 + fibers[thread].odd) * LANES * MOST_BYTES];
    fibers[thread].odd = !fibers[thread].odd;
    std::memcpy(set + thread % LANES * size, mine, size);
    wait(State::at_exchange, line);
    return set;
}
}  // namespace cpu

static void* contents(const char* path, long& size) {
    std::FILE* file = std::fopen(path, "rb");
    std::fseek(file, 0, SEEK_END);
    size = std::ftell(file);
    std::rewind(file);
    void* found = std::malloc(size);
    if (std::fread(found, 1, size, file) != size_t(size)) std::exit(2);
    std::fclose(file);
    return found;
}

int main(int, char** words) {
    using namespace cpu;
    const std::string order_name = words[1];
    std::mt19937 random(std::atoi(words[2]));
    grid_size = {unsigned(std::atoi(words[3])), unsigned(std::atoi(words[4])), 1};
    block_size = {unsigned(std::atoi(words[5])), 1, 1};
    shared_size = std::atoi(words[6]);
    shared_memory = static_cast<unsigned char*>(std::malloc(shared_size));
    slots.resize((block_size.x / LANES + 1) * 2 * LANES * MOST_BYTES);
    std::vector<void*> pointers;
    long size = 0;
    char** path = words + 7;
    for (; *path; ++path) pointers.push_back(contents(*path, size));
    arguments = pointers.data();
    create();
    std::vector<unsigned> order(block_size.x);
    for (unsigned i = 0; i < block_size.x; ++i) order[i] = order_name == "reverse" ? block_size.x - 1 - i : i;
    for (block_index.y = 0; block_index.y < grid_size.y; ++block_index.y) {
        for (block_index.x = 0; block_index.x < grid_size.x; ++block_index.x) {
            run_block(order, order_name == "shuffled", random);
        }
    }
    std::FILE* file = std::fopen(path[-1], "wb");
    std::fwrite(pointers.back(), 1, size, file);
    return std::fclose(file);
}
