// The simulator: a day, two policies, and what would have been, computed in this browser.
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { ComputeFrame } from '../compute/frame.tsx'
import { useWords } from '../text/text.ts'
import { Outcome } from './outcome.tsx'
import { SimulatorForm } from './simulator-form.tsx'
import { useSimulation } from './use-simulation.ts'
import '../compute/compute.css'
import './simulator.css'

export function SimulatorPage() {
  const { t } = useWords()
  const { simulation, begin, cancel, forget } = useSimulation()
  const { running, done, refused } = simulation
  return (
    <ComputeFrame
      title={t('调度模拟', 'Simulator')}
      lead={t(
        '选一天、选两种排队方式，看同样的任务会各等多久。用的就是平台实际使用的调度引擎，在您的浏览器里计算，任何人都可以验证。',
        'Choose a day and two ways to queue, and see how long the same jobs would wait under each. ' +
          'It is the engine that the platform runs, computed in your browser: anybody may check.',
      )}
    >
      <div className="column">
        <Card title={t('模拟什么', 'What to simulate')}>
          <SimulatorForm busy={running !== null} refused={refused} begin={begin} forget={forget} />
          {running !== null && (
            <div className="simulator-progress" role="status">
              <progress max={1} value={running} aria-label={t('进度', 'Progress')} />
              <span>
                {t(`已模拟 ${Math.floor(100 * running)}%`, `${Math.floor(100 * running)}% done`)}
              </span>
              <Button small onClick={cancel}>
                {t('停止', 'Stop')}
              </Button>
            </div>
          )}
          {done && running === null && !refused && (
            <p className="simulator-progress muted small" role="status">
              {t('模拟完成，结果在下方。', 'Done: the results are below.')}
            </p>
          )}
        </Card>
        {done && <Outcome asked={done.asked} answer={done.answer} />}
      </div>
    </ComputeFrame>
  )
}
